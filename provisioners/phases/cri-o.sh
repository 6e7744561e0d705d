# phases/cri-o.sh: CRI-O instead of containerd.
phase::cri_o() {
  cri_o::without_containerd
  phase::runtime_packages
  # The runtime's configuration uses it only where it is needed. containerd has settings for that.
  file::install "$FILES/runc-as-allowed" /usr/local/libexec/labgen/runc-as-allowed 755
  file::install_program "$BUNDLE/runtime/crio" /usr/local/bin/crio
  file::install_program "$BUNDLE/runtime/pinns" /usr/local/bin/pinns
  file::install "$PAYLOAD/crio.conf" /etc/crio/crio.conf
  file::install "$FILES/crio-policy.json" /etc/crio/policy.json
  service::unit "$FILES/crio.service" /etc/systemd/system/crio.service
  service::enable crio
  # Its unit is of type notify: it answers as soon as systemd reports it as active.
  service::run crio /etc/crio/crio.conf
}

# cri_o::without_containerd: masked, because the kubelet's unit has Wants=containerd.service.
cri_o::without_containerd() {
  service::mask containerd.service
  if service::booted && service::active containerd; then
    systemctl stop containerd
    report::changed "containerd stopped"
  fi
}
