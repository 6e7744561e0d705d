# This machine does not hear the other machines; they hear it.
partition_in::inject() {
  cut::apply partition-in "$(cut::from_machines)" ""
}

partition_in::heal() {
  cut::undo partition-in
}

partition_in::holds() {
  cut::is partition-in
}
