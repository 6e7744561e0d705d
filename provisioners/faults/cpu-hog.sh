# As many loops as there are cores, each as heavy as any other process.
HOG=labgen-fault-cpu-hog

cpu_hog::inject() {
  systemd-run --quiet --collect --unit="$HOG" --description="CPU hog" \
    bash -c "for _ in $(seq -s ' ' "$(nproc)"); do while :; do :; done & done; wait"
  fault::effect
}

cpu_hog::heal() {
  if cpu_hog::holds; then
    systemctl stop "$HOG.service"
    report::changed "CPU hog ended"
  else
    report::ok "no CPU hog"
  fi
}

cpu_hog::holds() {
  systemctl --quiet is-active "$HOG.service"
}
