# The other machines do not hear this machine; it hears them.
partition_out::inject() {
  cut::apply partition-out "" "$(cut::to_machines)"
}

partition_out::heal() {
  cut::undo partition-out
}

partition_out::holds() {
  cut::is partition-out
}
