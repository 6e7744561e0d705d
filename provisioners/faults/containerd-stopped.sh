# The container runtime ends and is kept down. Running containers continue.
containerd_stopped::inject() {
  [[ ${RUNTIME:-} != docker ]] ||
    fault::refuse "its runtime is Docker, which its socket starts again on the kubelet's next request"
  unit_stopped::inject "$(containerd_stopped::unit)"
}

containerd_stopped::heal() {
  [[ ${RUNTIME:-} != docker ]] || return 0
  unit_stopped::heal "$(containerd_stopped::unit)"
}

containerd_stopped::is_active() {
  unit_stopped::is_active "$(containerd_stopped::unit)"
}

containerd_stopped::unit() {
  case ${RUNTIME:-} in
    cri-o) printf crio ;;
    *) printf containerd ;;
  esac
}
