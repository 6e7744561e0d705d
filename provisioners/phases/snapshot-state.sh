# phases/snapshot-state.sh: record this existing machine's state, so that uninstall can restore it. It
# runs before all other phases, and again when the programs are installed that can show more of it.
phase::snapshot_state() {
  local path unit
  record::open
  for path in /etc/kubernetes /etc/cni /opt/cni /usr/local/libexec /usr/local/share/labgen \
    /var/lib/kubelet /var/lib/etcd /var/lib/cni /var/lib/containerd /var/lib/haproxy \
    /run/flannel /run/containerd /run/kubernetes /var/log/pods /var/log/containers \
    /root/.kube /usr/libexec/kubernetes /etc/systemd/system/kubelet.service.d; do
    record::directory "$path"
  done
  record::path /etc/iproute2/rt_addrprotos.d/keepalived.conf # keepalived creates it when it starts
  # containerd, kube-proxy's mount, kubeadm and the CNI plugins create these. The owner may fill them, so
  # they are removed only if they are empty.
  for path in /usr/lib/modules /opt/containerd/bin /opt/containerd/lib /opt/containerd \
    /etc/kubernetes/manifests /etc/kubernetes/pki /etc/cni/net.d /opt/cni/bin \
    /var/lib/cni/networks /var/lib/cni/results; do
    [[ -e $ROOT$path ]] || record::note unfilled "$path" ''
  done
  for unit in containerd haproxy keepalived kubelet; do
    record::unit "$unit"
  done
  snapshot_state::sysctl
  record::note swaps proc "$(<"$ROOT/proc/swaps")"
  snapshot_state::tables
  report::ok "record of the original state"
}

# snapshot_state::sysctl: the settings that kubelet, kube-proxy, flannel and CNI plugins change.
snapshot_state::sysctl() {
  local key path now
  for key in net.ipv4.ip_forward net.ipv4.conf.all.route_localnet net.ipv4.conf.all.forwarding \
    net.ipv6.conf.all.forwarding net.ipv4.vs.conntrack \
    net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables \
    net.netfilter.nf_conntrack_max net.netfilter.nf_conntrack_tcp_be_liberal \
    net.netfilter.nf_conntrack_tcp_timeout_established \
    net.netfilter.nf_conntrack_tcp_timeout_close_wait \
    vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops \
    kernel.keys.root_maxkeys kernel.keys.root_maxbytes; do
    path=$ROOT/proc/sys/${key//.//}
    if [[ -r $path ]] && read -r now <"$path"; then
      record::note sysctl "$key" "$now"
    fi
  done
}

# snapshot_state::tables: the firewall's tables, as soon as nft is installed to list them.
snapshot_state::tables() {
  local tables
  [[ ! -e $(record::entry tables nft) ]] || return 0
  command -v nft >/dev/null || return 0
  tables=$(nft list tables)
  record::note tables nft "$tables"
}
