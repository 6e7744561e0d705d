# etcd is there and does nothing, as on a machine whose disk hangs.
etcd_paused::inject() {
  pkill --signal STOP --exact etcd || report::fail "no etcd runs on this machine"
  fault::effect
}

etcd_paused::heal() {
  if etcd_paused::is_active; then
    pkill --signal CONT --exact etcd
    report::changed "etcd goes on"
  else
    report::ok "etcd is not paused"
  fi
}

# etcd_paused::is_active: also when the kubelet has lost patience and started another, it is over.
etcd_paused::is_active() {
  pgrep --exact --runstates T etcd >/dev/null
}
