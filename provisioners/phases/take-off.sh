# phases/take-off.sh: this machine as it was before labgen came, by its record. It may be run at any
# point, also after a run that was cut off. Without a record only what is labgen's by its name goes.
phase::take_off() {
  if record::on; then
    take_off::cluster
    restore::services
    take_off::network
    take_off::rules
    restore::files
    restore::packages
    restore::users
    restore::kernel
    restore::running
    take_off::upgraded
  else
    report::ok "no record of an earlier state"
  fi
  take_off::self
}

# take_off::cluster: the kubelet, its pods and all that kubeadm made. The whole cluster goes: no member
# is taken out of an etcd that others still need.
take_off::cluster() {
  systemctl --quiet stop kubelet 2>/dev/null || true
  if cluster::begun && command -v kubeadm >/dev/null; then
    kubeadm reset --force --skip-phases=preflight,remove-etcd-member >&2 ||
      report::ok "kubeadm reset failed; going on without it"
    report::changed "kubeadm reset"
  fi
  take_off::pods
}

# take_off::pods: containers that no kubelet watches any more. Their shims outlive containerd.
take_off::pods() {
  local pod pids
  if service::active containerd; then
    while read -r pod; do
      ctr --namespace k8s.io tasks kill --signal SIGKILL --all "$pod" >&2 || true
    done < <(ctr --namespace k8s.io tasks list --quiet)
  fi
  if [[ ! -e $(record::place packages containerd) ]]; then
    take_off::images
    return
  fi
  systemctl --quiet stop containerd 2>/dev/null || true
  mapfile -t pids < <(pgrep --full '^/[^ ]*/containerd-shim-runc-v2 -namespace k8s\.io ')
  if ((${#pids[@]})); then
    kill -KILL "${pids[@]}" 2>/dev/null || true
  fi
}

# take_off::images: those of the lab, out of a containerd that was there before.
take_off::images() {
  local images
  mapfile -t images < <(record::names images)
  if ((${#images[@]})) && service::active containerd; then
    ctr --namespace k8s.io images remove "${images[@]}" >&2 || true
    report::changed "${#images[@]} images removed"
  fi
}

# take_off::network: what CNI plugins, flannel and keepalived leave.
take_off::network() {
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
  # host-gw's routes have no link of their own.
  [[ -z ${POD_SUBNET:-} ]] || ip route flush root "$POD_SUBNET"
}

# take_off::rules: the firewall without kube-proxy's, the kubelet's, flannel's and CNI's chains, and
# without tables that are only there because of them.
take_off::rules() {
  local program
  for program in iptables ip6tables; do
    command -v "$program-save" >/dev/null || continue
    take_off::chains "$program"
  done
  take_off::tables
}

take_off::chains() {
  local program=$1 chains='(KUBE|FLANNEL|CNI)-[A-Z0-9-]+' before after
  before=$("$program-save" 2>/dev/null) || return 0
  after=$(grep --extended-regexp --invert-match "^:$chains |^-A $chains | -[jg] $chains( |\$)|flanneld" \
    <<<"$before" || true)
  [[ $before != "$after" ]] || return 0
  "$program-restore" <<<"$after"
  report::changed "rules of $program"
}

take_off::tables() {
  local table known
  command -v nft >/dev/null && [[ -e $(record::place tables nft) ]] || return 0
  known=$(record::value tables nft)
  while read -r table; do
    [[ $'\n'$known$'\n' != *$'\n'"$table"$'\n'* ]] || continue
    # Empty but for the base chains that iptables made, or kube-proxy's own.
    if [[ $table == *kube-proxy* ]] || ! nft list "$table" | grep --quiet --invert-match --extended-regexp \
      '^(table .*| *chain .*| *type .*| *\}|)$|^\s*(type|chain|\})'; then
      nft delete "$table"
      report::changed "firewall's $table removed"
    fi
  done < <(nft list tables)
}

# take_off::upgraded: what cannot be given back is told.
take_off::upgraded() {
  local name
  while read -r name; do
    report::ok "$name stays upgraded; it was $(record::value upgraded "$name")"
  done < <(record::names upgraded)
}

# take_off::self: the record goes first: while it is there, this phase has work to do.
take_off::self() {
  if [[ -e $ROOT${RECORD%/*} ]]; then
    mv --no-target-directory "$ROOT$RECORD" "$ROOT$RECORD.done" 2>/dev/null || true
    rm -rf "$ROOT${RECORD:?}.done" "$ROOT${RECORD%/*}"
  fi
  rm -rf "$ROOT/etc/labgen" "$ROOT/opt/labgen" "$ROOT/run/labgen"
  report::changed "labgen's own files removed"
}
