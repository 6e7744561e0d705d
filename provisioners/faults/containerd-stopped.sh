# containerd ends and stays down; containers run on.
containerd_stopped::inject() {
  held::stop containerd
}

containerd_stopped::heal() {
  held::release containerd
}

containerd_stopped::holds() {
  held::is containerd
}
