# phases/docker.sh: Docker over containerd, and cri-dockerd, by which the kubelet speaks to it.
phase::docker() {
  # Before the package, which starts Docker at once: no bridge and no rules of its own, ever.
  file::install "$PAYLOAD/docker.json" /etc/docker/daemon.json
  phase::runtime_packages
  # Its configuration names it where it is needed; containerd has settings of its own for that.
  file::install "$FILES/runc-as-allowed" /usr/local/libexec/labgen/runc-as-allowed 755
  service::enable docker
  service::run docker /etc/docker/daemon.json
  file::install_program "$BUNDLE/runtime/cri-dockerd" /usr/local/bin/cri-dockerd
  file::install "$PAYLOAD/cri-docker.default" /etc/default/cri-docker
  service::unit "$FILES/cri-docker.service" /etc/systemd/system/cri-docker.service
  service::enable cri-docker
  # Both units are of type notify: once systemd calls them running, they answer.
  service::run cri-docker /etc/default/cri-docker
}
