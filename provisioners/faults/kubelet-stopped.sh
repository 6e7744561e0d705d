# The kubelet ends and stays down; containers run on.
kubelet_stopped::inject() {
  unit_block::stop kubelet
}

kubelet_stopped::heal() {
  unit_block::release kubelet
}

kubelet_stopped::is_active() {
  unit_block::is kubelet
}
