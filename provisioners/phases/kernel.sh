# phases/kernel.sh: the kernel and systemd settings that Kubernetes and flannel need.
phase::kernel() {
  file::install "$FILES/modules-load.conf" /etc/modules-load.d/labgen.conf
  file::install "$FILES/sysctl.conf" /etc/sysctl.d/90-labgen.conf
  file::install "$FILES/flannel.link" /etc/systemd/network/10-flannel.link
  if kernel::shared && ! record::on; then
    file::install "$FILES/journald-container.conf" /etc/systemd/journald.conf.d/labgen.conf
    service::refresh systemd-journald /etc/systemd/journald.conf.d/labgen.conf
  fi
  if service::booted; then
    kernel::module overlay
    kernel::module br_netfilter
    kernel::require_sysctl net.ipv4.ip_forward 1
    kernel::prefer_sysctl net.bridge.bridge-nf-call-iptables 1
    kernel::prefer_sysctl net.bridge.bridge-nf-call-ip6tables 1
    kernel::swap_off
  fi
}
