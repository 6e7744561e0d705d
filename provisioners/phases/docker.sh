# phases/docker.sh: Docker, and cri-dockerd, through which the kubelet uses it.
phase::docker() {
  # Installed before the package, which starts Docker immediately: without it, Docker would create a
  # bridge and firewall rules.
  file::install "$PAYLOAD/docker.json" /etc/docker/daemon.json
  phase::runtime_packages
  # The runtime's configuration uses it only where it is needed. containerd has settings for that.
  file::install "$FILES/runc-as-allowed" /usr/local/libexec/labgen/runc-as-allowed 755
  service::enable docker
  service::run docker /etc/docker/daemon.json
  file::install_program "$BUNDLE/runtime/cri-dockerd" /usr/local/bin/cri-dockerd
  file::install "$PAYLOAD/cri-docker.default" /etc/default/cri-docker
  service::unit "$FILES/cri-docker.service" /etc/systemd/system/cri-docker.service
  service::enable cri-docker
  # Both units are of type notify: they answer as soon as systemd reports them as active.
  service::run cri-docker /etc/default/cri-docker
}
