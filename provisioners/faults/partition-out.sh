# The other machines do not hear this machine; it hears them.
partition_out::inject() {
  packet_filter::apply partition-out "" "$(packet_filter::to_machines)"
}

partition_out::heal() {
  packet_filter::undo partition-out
}

partition_out::is_active() {
  packet_filter::is partition-out
}
