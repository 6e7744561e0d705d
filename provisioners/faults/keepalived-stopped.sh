# keepalived ends in order and stays down: it gives the VIP away.
keepalived_stopped::inject() {
  held::stop keepalived
}

keepalived_stopped::heal() {
  held::release keepalived
}

keepalived_stopped::holds() {
  held::is keepalived
}
