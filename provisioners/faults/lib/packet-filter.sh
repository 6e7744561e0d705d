# Packets that are lost where they enter and leave this machine. nf_tables' netdev hooks see all of
# them, ARP, VRRP and the pods' tunnels too, and what is dropped is no error for TCP, UDP and VRRP on
# this machine, as with a cable that is cut.

LOST=20 # packets of 100

# packet_filter::apply FAULT IN OUT: rules for what comes in and for what goes out, in one step.
packet_filter::apply() {
  local device said
  device=$(packet_filter::device)
  said=$(packet_filter::ruleset "labgen-$1" "$device" "$2" "$3" | nft --file - 2>&1) ||
    fault::refuse "its kernel needs nf_tables with netdev hooks, for egress too (Linux 5.16):" \
      "${said//$'\n'/; }"
  fault::effect
}

packet_filter::undo() {
  if ! packet_filter::is "$1"; then
    report::ok "no $1"
    return
  fi
  nft delete table netdev "labgen-$1"
  report::changed "$1 undone"
}

packet_filter::is() {
  nft list table netdev "labgen-$1" >/dev/null 2>&1
}

# packet_filter::device: the interface with this machine's own address.
packet_filter::device() {
  local device
  read -r _ device _ < <(ip -o -4 address show to "$ADDRESS") ||
    report::fail "no interface has $ADDRESS"
  printf '%s' "$device"
}

# packet_filter::ruleset TABLE DEVICE IN OUT: replaces what the table had.
packet_filter::ruleset() {
  cat <<EOF
table netdev $1
delete table netdev $1
table netdev $1 {
  chain in {
    type filter hook ingress device "$2" priority -500; policy accept;
$3
  }
  chain out {
    type filter hook egress device "$2" priority -500; policy accept;
$4
  }
}
EOF
}

# The host has the gateway's address; every other address of the subnet is a machine's or the VIP,
# and pods are on machines.

# packet_filter::from_machines: ARP that asks for or tells one machine's address passes: without it, what is
# lost in one direction would be lost in both after half a minute, when addresses are forgotten.
packet_filter::from_machines() {
  cat <<EOF
    ip saddr $GATEWAY accept
    ip saddr { $SUBNET, $POD_SUBNET } drop
    ether daddr ff:ff:ff:ff:ff:ff arp saddr ip != $GATEWAY drop
EOF
}

# packet_filter::to_machines: a broadcast, such as the ARP that announces the VIP, is sent to the host alone.
packet_filter::to_machines() {
  cat <<EOF
    ip daddr $GATEWAY accept
    ip daddr { $SUBNET, $POD_SUBNET } drop
    ether daddr ff:ff:ff:ff:ff:ff ether daddr set $(packet_filter::gateway_mac) accept
EOF
}

packet_filter::from_clients() {
  cat <<EOF
    ip saddr $GATEWAY tcp dport $SSH_PORT accept
    ip saddr $GATEWAY drop
    ip saddr != { $SUBNET, $POD_SUBNET } drop
EOF
}

packet_filter::to_clients() {
  cat <<EOF
    ip daddr $GATEWAY tcp sport $SSH_PORT accept
    ip daddr $GATEWAY drop
    ip daddr != { $SUBNET, $POD_SUBNET } drop
EOF
}

packet_filter::some_in() {
  cat <<EOF
    ip saddr $GATEWAY tcp dport $SSH_PORT accept
    meta protocol ip numgen random mod 100 < $LOST drop
EOF
}

packet_filter::some_out() {
  cat <<EOF
    ip daddr $GATEWAY tcp sport $SSH_PORT accept
    meta protocol ip numgen random mod 100 < $LOST drop
EOF
}

# packet_filter::gateway_mac: known as long as labgen's own connection to this machine is. A host that is
# further away is reached through its router.
packet_filter::gateway_mac() {
  local found route next=$GATEWAY
  route=$(ip -4 -o route get "$GATEWAY")
  [[ ! $route =~ \ via\ ([0-9.]+) ]] || next=${BASH_REMATCH[1]}
  found=$(ip -4 neighbour show "$next")
  [[ $found =~ lladdr\ ([0-9a-f:]+) ]] ||
    report::fail "the host, $GATEWAY, is no neighbour of this machine: ${found:-not seen}"
  printf '%s' "${BASH_REMATCH[1]}"
}
