# The machine's own timer: it heals a fault whether or not anybody still remembers it.

# timer::start FAULT SECONDS
timer::start() {
  systemd-run --quiet --collect --unit="labgen-heal-$1" --description="heal $1" \
    --on-active="$2" --timer-property=AccuracySec=50ms bash "$HERE/run.sh" heal "$1"
}

# timer::stop FAULT: only the timer; what it started may be this very run.
timer::stop() {
  if systemctl --quiet is-active "labgen-heal-$1.timer"; then
    systemctl stop "labgen-heal-$1.timer"
  fi
}
