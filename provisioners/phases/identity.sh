# phases/identity.sh: the machine's name, and the names it knows.
phase::identity() {
  # Providers that name their machines themselves (podman run --hostname) send no hostname.
  if [[ -f $PAYLOAD/hostname ]]; then
    identity::hostname
  fi
  if record::on; then
    # A machine of someone's own keeps what it knows of other machines, and whom it asks.
    file::install_block "$PAYLOAD/hosts" /etc/hosts
    identity::name_server
  else
    file::install "$PAYLOAD/hosts" /etc/hosts
    file::install "$PAYLOAD/resolv.conf" /etc/resolv.conf
  fi
}

# identity::name_server: CoreDNS does not start without one to ask.
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
