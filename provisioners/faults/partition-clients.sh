# Whoever is no machine of the lab does not hear this one and is not heard; but for labgen's SSH.
partition_clients::inject() {
  packet_filter::apply partition-clients "$(packet_filter::from_clients)" "$(packet_filter::to_clients)"
}

partition_clients::heal() {
  packet_filter::undo partition-clients
}

partition_clients::is_active() {
  packet_filter::is partition-clients
}
