# This machine and the other machines do not hear each other; the host hears it and is heard.
partition::inject() {
  cut::apply partition "$(cut::from_machines)" "$(cut::to_machines)"
}

partition::heal() {
  cut::undo partition
}

partition::holds() {
  cut::is partition
}
