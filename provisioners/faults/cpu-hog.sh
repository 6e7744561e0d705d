# As many loops as there are cores, each as heavy as any other process. Where machines share their
# cores, they take one machine's part and no more: of a real machine, they would slow down no other.
HOG=labgen-fault-cpu-hog
BOUND_EVERY=10ms # short, so that the loops run evenly

cpu_hog::inject() {
  local bound=()
  if ((CORES_SHARED_BY > 1)); then
    bound=(--property=CPUQuota="$(($(nproc) * 100 / CORES_SHARED_BY))%")
    bound+=(--property=CPUQuotaPeriodSec="$BOUND_EVERY")
  fi
  systemd-run --quiet --collect --unit="$HOG" --description="CPU hog" "${bound[@]}" \
    bash -c "for _ in $(seq -s ' ' "$(nproc)"); do while :; do :; done & done; wait"
  fault::effect
}

cpu_hog::heal() {
  if cpu_hog::is_active; then
    systemctl stop "$HOG.service"
    report::changed "CPU hog ended"
  else
    report::ok "no CPU hog"
  fi
}

cpu_hog::is_active() {
  systemctl --quiet is-active "$HOG.service"
}
