# keepalived ends in order and stays down: it gives the VIP away.
keepalived_stopped::inject() {
  unit_block::stop keepalived
}

keepalived_stopped::heal() {
  unit_block::release keepalived
}

keepalived_stopped::is_active() {
  unit_block::is keepalived
}
