# The API server ends, and the kubelet has no manifest to start it from.
api_server_stopped::inject() {
  static_pod::end kube-apiserver
  fault::effect
}

api_server_stopped::heal() {
  static_pod::give_back kube-apiserver
}

api_server_stopped::is_active() {
  static_pod::is_away kube-apiserver
}
