# phases/uninstall.sh: restore this machine's original state from its record. It may run in any state,
# also after an interrupted run. Without a record it removes only labgen's own directories.
phase::uninstall() {
  if record::on; then
    uninstall::cluster
    restore::services
    uninstall::network
    uninstall::rules
    cluster::remove_own_files
    restore::files
    restore::packages
    restore::users
    restore::kernel
    restore::running
    uninstall::upgraded
  else
    report::ok "no record of an earlier state"
  fi
  uninstall::self
}

# uninstall::cluster: remove the kubelet, its pods and kubeadm's files. The whole cluster is removed, so
# etcd's member is not removed from the other members first.
uninstall::cluster() {
  systemctl --quiet stop kubelet 2>/dev/null || true
  if cluster::begun && command -v kubeadm >/dev/null; then
    kubeadm reset --force --skip-phases=preflight,remove-etcd-member >&2 ||
      report::ok "kubeadm reset failed; continuing without it"
    report::changed "kubeadm reset"
  fi
  uninstall::pods
}

# uninstall::pods: end the containers that the stopped kubelet has left. Their shims outlive containerd.
uninstall::pods() {
  local pod pids
  if service::active containerd; then
    while read -r pod; do
      ctr --namespace k8s.io tasks kill --signal SIGKILL --all "$pod" >&2 || true
    done < <(ctr --namespace k8s.io tasks list --quiet)
  fi
  if [[ ! -e $(record::entry packages containerd) ]]; then
    uninstall::images
    return
  fi
  systemctl --quiet stop containerd 2>/dev/null || true
  mapfile -t pids < <(pgrep --full '^/[^ ]*/containerd-shim-runc-v2 -namespace k8s\.io ')
  if ((${#pids[@]})); then
    kill -KILL "${pids[@]}" 2>/dev/null || true
  fi
}

# uninstall::images: remove the lab's images from the owner's containerd.
uninstall::images() {
  local images
  mapfile -t images < <(record::names images)
  if ((${#images[@]})) && service::active containerd; then
    ctr --namespace k8s.io images remove "${images[@]}" >&2 || true
    report::changed "${#images[@]} images removed"
  fi
}

# uninstall::network: remove what CNI plugins and flannel have created.
uninstall::network() {
  local link space
  command -v ip >/dev/null || return 0
  for link in cni0 flannel.1 flannel-v6.1 kube-ipvs0; do
    if [[ -e $ROOT/sys/class/net/$link ]]; then
      ip link delete "$link"
      report::changed "$link removed"
    fi
  done
  for space in "$ROOT"/run/netns/cni-*; do
    [[ ! -e $space ]] || ip netns delete "${space##*/}"
  done
  # Routes of flannel's host-gw backend do not belong to any of these links.
  [[ -z ${POD_SUBNET:-} ]] || ip route flush root "$POD_SUBNET"
}

# uninstall::rules: remove the firewall chains of kube-proxy, the kubelet, flannel and CNI plugins, and
# the tables that exist only for them.
uninstall::rules() {
  local program
  for program in iptables ip6tables; do
    command -v "$program-save" >/dev/null || continue
    uninstall::chains "$program"
  done
  uninstall::tables
}

uninstall::chains() {
  local program=$1 chains='(KUBE|FLANNEL|CNI)-[A-Z0-9-]+' before after
  before=$("$program-save" 2>/dev/null) || return 0
  after=$(grep --extended-regexp --invert-match "^:$chains |^-A $chains | -[jg] $chains( |\$)|flanneld" \
    <<<"$before" || true)
  [[ $before != "$after" ]] || return 0
  "$program-restore" <<<"$after"
  report::changed "rules of $program"
}

uninstall::tables() {
  local table known
  command -v nft >/dev/null && [[ -e $(record::entry tables nft) ]] || return 0
  known=$(record::value tables nft)
  while read -r table; do
    [[ $'\n'$known$'\n' != *$'\n'"$table"$'\n'* ]] || continue
    # Either kube-proxy's own table, or one with nothing except iptables' base chains.
    if [[ $table == *kube-proxy* ]] || ! nft list "$table" | grep --quiet --invert-match --extended-regexp \
      '^(table .*| *chain .*| *type .*| *\}|)$|^\s*(type|chain|\})'; then
      nft delete "$table"
      report::changed "firewall $table removed"
    fi
  done < <(nft list tables)
}

# uninstall::upgraded: report the upgraded packages, which cannot be restored.
uninstall::upgraded() {
  local name
  while read -r name; do
    report::ok "$name stays upgraded; it was $(record::value upgraded "$name")"
  done < <(record::names upgraded)
}

# uninstall::self: remove the record first: as long as it exists, this phase would start again.
uninstall::self() {
  if [[ -e $ROOT${RECORD%/*} ]]; then
    mv --no-target-directory "$ROOT$RECORD" "$ROOT$RECORD.done" 2>/dev/null || true
    rm -rf "$ROOT${RECORD:?}.done" "$ROOT${RECORD%/*}"
  fi
  rm -rf "$ROOT/etc/labgen" "$ROOT/opt/labgen" "$ROOT/run/labgen"
  report::changed "labgen's own files removed"
}
