# keepalived ends by SIGKILL and stays down: nobody takes the VIP off the interface.
keepalived_killed::inject() {
  held::kill keepalived
}

keepalived_killed::heal() {
  held::release keepalived
}

keepalived_killed::holds() {
  held::is keepalived
}
