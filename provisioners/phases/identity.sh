# phases/identity.sh: the machine's name, and the names it knows.
phase::identity() {
  # Providers that name their machines themselves (podman run --hostname) send no hostname.
  if [[ -f $PAYLOAD/hostname ]]; then
    identity::hostname
  fi
  file::install "$PAYLOAD/hosts" /etc/hosts
  file::install "$PAYLOAD/resolv.conf" /etc/resolv.conf
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
  hostname "$wanted"
  report::changed "hostname $wanted"
}
