# This machine as a member of the cluster: running kubeadm, and whether kubeadm has finished.

# labgen's markers of finished work. kubeadm's own files do not prove it: an interrupted run leaves a
# kubelet.conf, manifests and an API server that answers, but no addons or no etcd member.
CLUSTER_NOTES=/etc/kubernetes/labgen

# cluster::finished COMMAND: kubeadm's COMMAND (init, join) has finished on this machine.
cluster::finished() {
  [[ -e $ROOT$CLUSTER_NOTES/$1-finished && -e $ROOT/etc/kubernetes/kubelet.conf ]]
}

cluster::finish() {
  mkdir -p "$ROOT$CLUSTER_NOTES"
  : >"$ROOT$CLUSTER_NOTES/$1-finished"
}

# cluster::kubeadm ARGUMENT...: run kubeadm with all its output on stderr. A closed stderr must not end
# it with SIGPIPE: an interrupted join leaves a dead member that counts towards etcd's majority.
cluster::kubeadm() {
  kubeadm "$@" 2>&1 | tee --output-error=warn-nopipe /dev/null >&2 ||
    report::fail "kubeadm $1 failed; its output is above"
}

# cluster::reset: remove everything that an interrupted init or join has left.
cluster::reset() {
  local link
  if ! cluster::begun; then
    report::ok "no unfinished cluster"
    return
  fi
  kubeadm reset --force ${CRI_SOCKET:+--cri-socket "$CRI_SOCKET"}
  # kubeadm reset does not remove these.
  # 10-flannel is that of older labgen versions.
  file::remove "$CLUSTER_NOTES" /etc/cni/net.d/{10-labgen,10-flannel}.conflist
  for link in cni0 flannel.1; do
    if [[ -e $ROOT/sys/class/net/$link ]]; then
      ip link delete "$link"
    fi
  done
  report::changed "unfinished cluster removed"
}

# cluster::begun: kubeadm has written a file that would make its next run refuse to start.
cluster::begun() {
  local path
  for path in "$ROOT"/etc/kubernetes/*.conf "$ROOT"/etc/kubernetes/manifests/*.yaml \
    "$ROOT"/etc/kubernetes/pki/* "$ROOT"/var/lib/etcd/*; do
    [[ ! -e $path ]] || return 0
  done
  return 1
}

# cluster::api_listens: something accepts connections on 6443. Starts no process.
cluster::api_listens() {
  (exec 3<>/dev/tcp/127.0.0.1/6443) 2>/dev/null
}

# cluster::api_answers: this machine's own API server is ready, whichever machine holds the VIP.
cluster::api_answers() {
  curl --silent --show-error --fail --insecure --max-time 2 https://127.0.0.1:6443/readyz
}

# cluster::server_of KUBECONFIG: print the URL of its API server.
cluster::server_of() {
  sed --quiet 's/^ *server: *//p' "$1"
}

# cluster::set_server KUBECONFIG URL: replace the URL of its API server.
cluster::set_server() {
  sed --in-place "s|^\\( *server:\\).*|\\1 $2|" "$1"
}

cluster::kubectl() {
  kubectl --kubeconfig "$ROOT/etc/kubernetes/admin.conf" "$@"
}
