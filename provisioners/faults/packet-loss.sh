# Of all packets to and from other machines and clients, 20 in 100 are lost, at random.
packet_loss::inject() {
  cut::apply packet-loss "$(cut::some_in)" "$(cut::some_out)"
}

packet_loss::heal() {
  cut::undo packet-loss
}

packet_loss::holds() {
  cut::is packet-loss
}
