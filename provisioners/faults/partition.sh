# This machine and the other machines do not hear each other; the host hears it and is heard.
partition::inject() {
  packet_filter::apply partition "$(packet_filter::from_machines)" "$(packet_filter::to_machines)"
}

partition::heal() {
  packet_filter::undo partition
}

partition::is_active() {
  packet_filter::is partition
}
