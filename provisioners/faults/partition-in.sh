# This machine does not hear the other machines; they hear it.
partition_in::inject() {
  packet_filter::apply partition-in "$(packet_filter::from_machines)" ""
}

partition_in::heal() {
  packet_filter::undo partition-in
}

partition_in::is_active() {
  packet_filter::is partition-in
}
