# The API server ends by SIGKILL; the kubelet starts it again.
api_server_killed::inject() {
  pkill --signal KILL --exact kube-apiserver || report::fail "no API server runs on this machine"
  fault::effect
}

api_server_killed::heal() {
  report::ok "nothing to undo"
}

api_server_killed::is_active() {
  return 1
}
