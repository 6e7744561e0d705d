# This machine's place in the cluster: kubeadm's work, and whether it came to its end.

# Where labgen notes what is done. kubeadm's own files are there too early: a run that was cut off
# leaves a kubelet.conf, manifests and an answering API server, but no addons or etcd member.
CLUSTER_NOTES=/etc/kubernetes/labgen

# cluster::finished WORK: kubeadm's WORK (init, join) ran to its end on this machine.
cluster::finished() {
  [[ -e $ROOT$CLUSTER_NOTES/$1-finished && -e $ROOT/etc/kubernetes/kubelet.conf ]]
}

cluster::finish() {
  mkdir -p "$ROOT$CLUSTER_NOTES"
  : >"$ROOT$CLUSTER_NOTES/$1-finished"
}

# cluster::kubeadm WORD...: kubeadm, all it says on stderr. It goes on when nobody reads that any more:
# else it would die of its next word, and half a join leaves etcd a member that its majority waits for.
cluster::kubeadm() {
  kubeadm "$@" 2>&1 | tee --output-error=warn-nopipe /dev/null >&2 ||
    report::fail "kubeadm $1 failed; what it said stands above"
}

# cluster::reset: nothing is left of an init or join that was cut off.
cluster::reset() {
  local link
  if ! cluster::begun; then
    report::ok "no half-made cluster"
    return
  fi
  kubeadm reset --force ${CRI_SOCKET:+--cri-socket "$CRI_SOCKET"}
  # What kubeadm says it leaves alone.
  file::remove "$CLUSTER_NOTES" /etc/cni/net.d/10-flannel.conflist
  for link in cni0 flannel.1; do
    if [[ -e $ROOT/sys/class/net/$link ]]; then
      ip link delete "$link"
    fi
  done
  report::changed "half-made cluster removed"
}

# cluster::begun: kubeadm wrote any file that makes its next run refuse to start.
cluster::begun() {
  local path
  for path in "$ROOT"/etc/kubernetes/*.conf "$ROOT"/etc/kubernetes/manifests/*.yaml \
    "$ROOT"/etc/kubernetes/pki/* "$ROOT"/var/lib/etcd/*; do
    [[ ! -e $path ]] || return 0
  done
  return 1
}

# cluster::api_listens: quick, and no process.
cluster::api_listens() {
  (exec 3<>/dev/tcp/127.0.0.1/6443) 2>/dev/null
}

# cluster::api_answers: this machine's own API server is ready, whoever holds the VIP.
cluster::api_answers() {
  curl --silent --show-error --fail --insecure --max-time 2 https://127.0.0.1:6443/readyz
}

cluster::kubectl() {
  kubectl --kubeconfig "$ROOT/etc/kubernetes/admin.conf" "$@"
}
