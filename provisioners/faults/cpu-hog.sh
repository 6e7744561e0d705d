# One endless loop for each core, at normal priority. Where machines share the host's cores, the loops are
# limited to one machine's share, because a busy real machine would not slow down the others.
HOG=labgen-fault-cpu-hog
QUOTA_PERIOD=10ms # short, so that the loops run evenly

cpu_hog::inject() {
  local quota=()
  if ((CORES_SHARED_BY > 1)); then
    quota=(--property=CPUQuota="$(($(nproc) * 100 / CORES_SHARED_BY))%")
    quota+=(--property=CPUQuotaPeriodSec="$QUOTA_PERIOD")
  fi
  systemd-run --quiet --collect --unit="$HOG" --description="CPU hog" "${quota[@]}" \
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
