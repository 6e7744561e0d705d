# HAProxy ends by SIGKILL and stays down.
haproxy_killed::inject() {
  unit_block::kill haproxy
}

haproxy_killed::heal() {
  unit_block::release haproxy
}

haproxy_killed::is_active() {
  unit_block::is haproxy
}
