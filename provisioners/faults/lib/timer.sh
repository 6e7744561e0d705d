# The machine's own timer, which heals a fault even if labgen never comes back.

# timer::start FAULT SECONDS
timer::start() {
  systemd-run --quiet --collect --unit="labgen-heal-$1" --description="heal $1" \
    --on-active="$2" --timer-property=AccuracySec=50ms bash "$HERE/run.sh" heal "$1"
}

# timer::stop FAULT: stops the timer only. The service that it starts may be the present run.
timer::stop() {
  if systemctl --quiet is-active "labgen-heal-$1.timer"; then
    systemctl stop "labgen-heal-$1.timer"
  fi
}
