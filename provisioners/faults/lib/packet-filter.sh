# Packets dropped where they enter and leave this machine. nf_tables' netdev hooks see every packet,
# including ARP, VRRP and the pods' tunnels. As with an unplugged cable, TCP, UDP and VRRP on this machine
# get no error.

LOSS=20 # percent

# packet_filter::inject IN OUT: apply the rules for incoming and for outgoing packets in one step.
packet_filter::inject() {
  local device incoming outgoing output
  device=$(packet_filter::device)
  incoming=$(packet_filter::rules "$1")
  outgoing=$(packet_filter::rules "$2")
  output=$(packet_filter::table "$device" "$incoming" "$outgoing" | nft --file - 2>&1) ||
    fault::refuse "its kernel needs nf_tables with netdev hooks, for egress too (Linux 5.16):" \
      "${output//$'\n'/; }"
  fault::effect
}

packet_filter::heal() {
  if packet_filter::is_active; then
    nft delete table netdev "labgen-$FAULT"
    report::changed "$FAULT undone"
  else
    report::ok "no $FAULT"
  fi
}

packet_filter::is_active() {
  nft list table netdev "labgen-$FAULT" >/dev/null 2>&1
}

# packet_filter::device: print the name of the interface that has this machine's address.
packet_filter::device() {
  local device
  read -r _ device _ < <(ip -o -4 address show to "$ADDRESS") ||
    report::fail "no interface has $ADDRESS"
  printf '%s' "$device"
}

# packet_filter::table DEVICE IN OUT: print a file for nft that replaces the fault's table.
packet_filter::table() {
  cat <<RULES
table netdev labgen-$FAULT
delete table netdev labgen-$FAULT
table netdev labgen-$FAULT {
  chain in {
    type filter hook ingress device "$1" priority -500; policy accept;
$2
  }
  chain out {
    type filter hook egress device "$1" priority -500; policy accept;
$3
  }
}
RULES
}

# packet_filter::rules NAME: print the rules of that name. The gateway's address belongs to the host.
# Every other address of the subnet belongs to a machine or is the VIP, and pods run on machines.
packet_filter::rules() {
  local to_mac=''
  case $1 in
    -) return ;;
    # ARP that asks for one machine's address, or tells one, must pass: without it, the other direction
    # would fail too, half a minute later, when ARP entries expire.
    from-machines)
      cat <<RULES
    ip saddr $GATEWAY accept
    ip saddr { $SUBNET, $POD_SUBNET } drop
    ether daddr ff:ff:ff:ff:ff:ff arp saddr ip != $GATEWAY drop
RULES
      ;;
    # A broadcast, such as the ARP that announces the VIP, is sent to the host only.
    to-machines)
      to_mac=$(packet_filter::gateway_mac)
      cat <<RULES
    ip daddr $GATEWAY accept
    ip daddr { $SUBNET, $POD_SUBNET } drop
    ether daddr ff:ff:ff:ff:ff:ff ether daddr set $to_mac accept
RULES
      ;;
    from-clients)
      cat <<RULES
    ip saddr $GATEWAY tcp dport $SSH_PORT accept
    ip saddr $GATEWAY drop
    ip saddr != { $SUBNET, $POD_SUBNET } drop
RULES
      ;;
    to-clients)
      cat <<RULES
    ip daddr $GATEWAY tcp sport $SSH_PORT accept
    ip daddr $GATEWAY drop
    ip daddr != { $SUBNET, $POD_SUBNET } drop
RULES
      ;;
    random-in)
      cat <<RULES
    ip saddr $GATEWAY tcp dport $SSH_PORT accept
    meta protocol ip numgen random mod 100 < $LOSS drop
RULES
      ;;
    random-out)
      cat <<RULES
    ip daddr $GATEWAY tcp sport $SSH_PORT accept
    meta protocol ip numgen random mod 100 < $LOSS drop
RULES
      ;;
    *) report::fail "the packet filter has no rules called $1" ;;
  esac
}

# packet_filter::gateway_mac: print the host's MAC address, or that of the router on the way to it. The
# ARP cache has it, because labgen's own connection uses it.
packet_filter::gateway_mac() {
  local neighbour route next=$GATEWAY
  route=$(ip -4 -o route get "$GATEWAY")
  [[ ! $route =~ \ via\ ([0-9.]+) ]] || next=${BASH_REMATCH[1]}
  neighbour=$(ip -4 neighbour show "$next")
  [[ $neighbour =~ lladdr\ ([0-9a-f:]+) ]] ||
    report::fail "the host, $GATEWAY, is not in this machine's ARP cache: ${neighbour:-no entry}"
  printf '%s' "${BASH_REMATCH[1]}"
}
