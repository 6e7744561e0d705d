# Signals to processes of static pods, found by name. The kubelet restarts them by itself.

process_killed::inject() {
  process::signal KILL "$1"
  fault::effect
}

process_killed::heal() {
  report::ok "$1 is restarted by the kubelet"
}

process_killed::is_active() {
  return 1
}

process_paused::inject() {
  process::signal STOP "$1"
  fault::effect
}

process_paused::heal() {
  if process_paused::is_active "$1"; then
    process::signal CONT "$1"
    report::changed "$1 resumed"
  else
    report::ok "$1 is not paused"
  fi
}

# process_paused::is_active NAME: no longer true if the kubelet has replaced the paused container.
process_paused::is_active() {
  pgrep --exact --runstates T "$1" >/dev/null
}

process::signal() {
  pkill --signal "$1" --exact "$2" || report::fail "no process called $2 runs on this machine"
}
