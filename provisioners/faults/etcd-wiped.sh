# The data of this machine's etcd member is lost, as on a machine with a new disk. etcd is kept down: on the
# first control plane it would start and serve a new, empty cluster.
#
# The heal does what kubeadm does for a joining machine: it removes the member and adds it again, as a
# learner that is promoted when it has caught up.

WIPED=/etc/kubernetes/labgen/etcd-wiped

etcd_wiped::inject() {
  [[ $CONTROL_PLANES == *' '* ]] ||
    fault::refuse "it is the only member: without its data the whole cluster would be lost"
  etcd::ctl endpoint health --cluster >/dev/null 2>&1 ||
    report::fail "not every etcd member is healthy: a majority might be lost for good"
  mkdir -p "$ROOT${WIPED%/*}"
  : >"$ROOT$WIPED"
  etcd::stop
  rm -rf "$ROOT/var/lib/etcd/member"
  fault::effect
}

etcd_wiped::heal() {
  if ! etcd_wiped::is_active; then
    report::ok "etcd's data"
    return
  fi
  # The kubelet connects to its own API server, which waits for this etcd, and starts nothing for half a
  # minute at a time. Without an API server its requests fail immediately.
  static_pod::stop kube-apiserver
  etcd::stop
  rm -rf "$ROOT/var/lib/etcd/member"
  etcd_wiped::remove_member
  wait::until 30 "etcd to accept a learner" etcd_wiped::add_member
  etcd_wiped::manifest
  static_pod::restore etcd
  wait::until 90 "the learner to catch up" etcd_wiped::promote
  static_pod::restore kube-apiserver
  rm "$ROOT$WIPED"
  report::changed "etcd member replaced"
}

etcd_wiped::is_active() {
  [[ -e $ROOT$WIPED ]]
}

etcd_wiped::remove_member() {
  local member
  member=$(etcd::member "$(etcd::others)")
  if [[ -n $member ]]; then
    etcd::ctl_at "$(etcd::others)" member remove "$member"
  fi
}

etcd_wiped::add_member() {
  etcd::ctl_at "$(etcd::others)" member add "$MACHINE" --learner \
    --peer-urls="https://$ADDRESS:2380"
}

etcd_wiped::promote() {
  etcd::ctl_at "$(etcd::others)" member promote "$(etcd::member "$(etcd::others)")"
}

# etcd_wiped::manifest: make the member join an existing cluster, as kubeadm's manifest does after a join.
etcd_wiped::manifest() {
  local pair cluster=()
  for pair in $CONTROL_PLANES; do
    cluster+=("${pair%=*}=https://${pair#*=}:2380")
  done
  local IFS=,
  sed --in-place --regexp-extended -e '/--initial-cluster-state=/d' \
    -e "s#^( *- )--initial-cluster=.*#\1--initial-cluster=${cluster[*]}\n\1--initial-cluster-state=existing#" \
    "$ROOT$PARKED/etcd.yaml"
}
