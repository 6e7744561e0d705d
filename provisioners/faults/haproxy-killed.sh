# HAProxy ends by SIGKILL and stays down.
haproxy_killed::inject() {
  held::kill haproxy
}

haproxy_killed::heal() {
  held::release haproxy
}

haproxy_killed::holds() {
  held::is haproxy
}
