# keepalived ends by SIGKILL and stays down: it takes no VIP off the interface and says no goodbye.
keepalived_killed::inject() {
  held::kill keepalived
}

keepalived_killed::heal() {
  held::release keepalived
}

keepalived_killed::holds() {
  held::is keepalived
}
