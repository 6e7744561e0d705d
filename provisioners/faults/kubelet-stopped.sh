# The kubelet ends and stays down; containers run on.
kubelet_stopped::inject() {
  held::stop kubelet
}

kubelet_stopped::heal() {
  held::release kubelet
}

kubelet_stopped::holds() {
  held::is kubelet
}
