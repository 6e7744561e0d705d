# The container runtime ends and stays down; containers run on.
containerd_stopped::inject() {
  [[ ${RUNTIME:-} != docker ]] ||
    fault::refuse "its runtime is Docker, which its socket starts again as soon as the kubelet asks"
  unit_block::stop "$(containerd_stopped::unit)"
}

containerd_stopped::heal() {
  [[ ${RUNTIME:-} != docker ]] || return 0
  unit_block::release "$(containerd_stopped::unit)"
}

containerd_stopped::is_active() {
  unit_block::is "$(containerd_stopped::unit)"
}

containerd_stopped::unit() {
  case ${RUNTIME:-} in
    cri-o) printf crio ;;
    *) printf containerd ;;
  esac
}
