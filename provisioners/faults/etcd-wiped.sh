# The data of this machine's etcd member is gone, as on a machine with a new disk. etcd stays down:
# on the first control plane it would start a cluster of its own, empty, and serve that.
#
# Healing is what kubeadm does for a machine that joins: the member is removed and added again, as a
# learner, which is promoted once it has caught up.

WIPED=/etc/kubernetes/labgen/etcd-wiped

etcd_wiped::inject() {
  [[ $CONTROL_PLANES == *' '* ]] ||
    fault::refuse "it is the only member: with its data, the whole cluster would be gone"
  etcd::ctl endpoint health --cluster >/dev/null 2>&1 ||
    report::fail "not every member of etcd is healthy: a majority might be gone for good"
  mkdir -p "$ROOT${WIPED%/*}"
  : >"$ROOT$WIPED"
  etcd::end
  rm -rf "$ROOT/var/lib/etcd/member"
  fault::effect
}

etcd_wiped::heal() {
  if ! etcd_wiped::is_active; then
    report::ok "etcd's data"
    return
  fi
  # A control plane's kubelet asks its own API server, which waits for this etcd: for half a minute at
  # a time, the kubelet starts nothing. Without an API server its questions fail at once.
  static_pod::end kube-apiserver
  etcd::end
  rm -rf "$ROOT/var/lib/etcd/member"
  etcd_wiped::forget_member
  wait::until 30 "a learner's place in etcd" etcd_wiped::add_member
  etcd_wiped::manifest
  static_pod::give_back etcd
  wait::until 90 "the learner to catch up" etcd_wiped::promote
  static_pod::give_back kube-apiserver
  rm "$ROOT$WIPED"
  report::changed "etcd member made anew"
}

etcd_wiped::is_active() {
  [[ -e $ROOT$WIPED ]]
}

etcd_wiped::forget_member() {
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

# etcd_wiped::manifest: the member joins a cluster that exists, as kubeadm writes it on joining.
etcd_wiped::manifest() {
  local pair cluster=()
  for pair in $CONTROL_PLANES; do
    cluster+=("${pair%=*}=https://${pair#*=}:2380")
  done
  local IFS=,
  sed --in-place --regexp-extended -e '/--initial-cluster-state=/d' \
    -e "s#^( *- )--initial-cluster=.*#\1--initial-cluster=${cluster[*]}\n\1--initial-cluster-state=existing#" \
    "$ROOT$AWAY/etcd.yaml"
}
