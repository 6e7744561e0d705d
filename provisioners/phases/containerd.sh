# phases/containerd.sh: containerd running with the lab's configuration.
phase::containerd() {
  file::install "$PAYLOAD/containerd.toml" /etc/containerd/config.toml
  service::enable containerd
  # Its unit is of type notify: it answers as soon as systemd reports it as active.
  service::run containerd /etc/containerd/config.toml
}
