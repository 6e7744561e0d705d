# keepalived ends by SIGKILL and stays down: it takes no VIP off the interface and says no goodbye.
keepalived_killed::inject() {
  unit_block::kill keepalived
}

keepalived_killed::heal() {
  unit_block::release keepalived
}

keepalived_killed::is_active() {
  unit_block::is keepalived
}
