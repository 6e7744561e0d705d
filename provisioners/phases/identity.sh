# phases/identity.sh: the machine's hostname, /etc/hosts and name server.
phase::identity() {
  # Providers that set the hostname themselves (podman run --hostname) send none.
  if [[ -f $PAYLOAD/hostname ]]; then
    identity::hostname
  fi
  if record::on; then
    # An existing machine keeps its own entries and its own name server.
    file::install_block "$PAYLOAD/hosts" /etc/hosts
    identity::name_server
  else
    file::install "$PAYLOAD/hosts" /etc/hosts
    file::install "$PAYLOAD/resolv.conf" /etc/resolv.conf
  fi
}

# identity::name_server: CoreDNS does not start without a name server.
identity::name_server() {
  if grep --quiet '^nameserver' "$ROOT/etc/resolv.conf" 2>/dev/null; then
    report::ok "/etc/resolv.conf is the machine's own"
  else
    file::install "$PAYLOAD/resolv.conf" /etc/resolv.conf
  fi
}

identity::hostname() {
  local wanted now
  read -r wanted <"$PAYLOAD/hostname"
  read -r now <"$ROOT/proc/sys/kernel/hostname"
  file::install "$PAYLOAD/hostname" /etc/hostname
  if [[ $now == "$wanted" ]]; then
    report::ok "hostname $wanted"
    return
  fi
  record::note hostname now "$now"
  hostname "$wanted"
  report::changed "hostname $wanted"
}
