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

# cluster::reset: remove everything that an interrupted init or join has left, also when an earlier reset
# was interrupted.
cluster::reset() {
  local link found=0
  if cluster::begun; then
    kubeadm reset --force ${CRI_SOCKET:+--cri-socket "$CRI_SOCKET"}
    found=1
  fi
  # kubeadm reset does not remove these.
  if cluster::has_own_files; then
    cluster::remove_own_files
    found=1
  fi
  for link in cni0 flannel.1; do
    if [[ -e $ROOT/sys/class/net/$link ]]; then
      ip link delete "$link"
      found=1
    fi
  done
  if ((found)); then
    # That of older labgen versions, unless it is the owner's.
    file::remove /etc/cni/net.d/10-flannel.conflist
    report::changed "unfinished cluster removed"
  else
    report::ok "no unfinished cluster"
  fi
}

# cluster::own_files: print the files of a cluster that kubeadm does not know, one per line: labgen's
# notes, and what flannel's pod and the CNI plugins have written for its network cbr0. None of them is
# the owner's, so none is recorded.
cluster::own_files() {
  local path
  for path in "$ROOT$CLUSTER_NOTES" "$ROOT"/etc/cni/net.d/10-labgen.conflist \
    "$ROOT"/opt/cni/bin/flannel-wait{,.new} "$ROOT"/var/lib/cni/flannel \
    "$ROOT"/var/lib/cni/networks/cbr0 "$ROOT"/var/lib/cni/results/cbr0-*; do
    [[ ! -e $path ]] || printf '%s\n' "$path"
  done
}

cluster::has_own_files() {
  [[ -n $(cluster::own_files) ]]
}

cluster::remove_own_files() {
  local paths
  mapfile -t paths < <(cluster::own_files)
  ((${#paths[@]} == 0)) || rm -rf -- "${paths[@]}"
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
