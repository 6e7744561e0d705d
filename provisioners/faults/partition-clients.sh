# Whoever is no machine of the lab does not hear this one and is not heard; but for labgen's SSH.
partition_clients::inject() {
  cut::apply partition-clients "$(cut::from_clients)" "$(cut::to_clients)"
}

partition_clients::heal() {
  cut::undo partition-clients
}

partition_clients::holds() {
  cut::is partition-clients
}
