# Of all packets to and from other machines and clients, 20 in 100 are lost, at random.
packet_loss::inject() {
  packet_filter::apply packet-loss "$(packet_filter::some_in)" "$(packet_filter::some_out)"
}

packet_loss::heal() {
  packet_filter::undo packet-loss
}

packet_loss::is_active() {
  packet_filter::is packet-loss
}
