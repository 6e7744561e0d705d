#!/usr/bin/env bash
# All checks: real labs side by side with everything else, then those that measure, beside which only
# the time is used that they leave. Some output is live, that of the others comes whole when they have
# ended. Fails when any of them failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

CHECKS=lint,types,unit,shell
IDLE=labgen-test-idle
declare -A PIDS=()
ENDED=0

# Labs are taken down before this ends.
end_all() {
  trap - TERM INT HUP
  for pid in "${PIDS[@]}"; do
    kill -INT "$pid" 2>/dev/null || true
  done
  wait
  remove_idle_groups
  exit 143
}

heading() {
  printf '\n===== %s =====\n' "$*"
}

# start NAME COMMAND: in the background, with two things that a shell does not give: Ctrl-C is heard
# (tests send it), and the kernel ends the command when this script is killed.
start() {
  env --default-signal=INT setpriv --pdeathsig TERM "${@:2}" </dev/null &
  PIDS[$1]=$!
}

# start_labs PART [OPTION...]: some of the real labs, see tests/labs/conftest.py.
start_labs() {
  start "$1" .venv/bin/tox run -e "labs-$1" -- "--part=$1" "${@:2}"
}

# start_quiet PART: the same, with output that is shown by await.
start_quiet() {
  start_labs "$1" >"results/$1.log" 2>&1
}

# idle_group: make a control group for what takes only the time that nobody else wants, and print its
# directory. Niceness would not do: the kernel may share the time among sessions first (autogroup).
idle_group() {
  local root
  for root in /sys/fs/cgroup/cpu /sys/fs/cgroup; do
    [[ -e $root/cgroup.procs ]] || continue
    mkdir -p "$root/$IDLE"
    if [[ -e $root/$IDLE/cpu.idle ]]; then # cgroup v1 or v2, since Linux 5.15
      echo 1 >"$root/$IDLE/cpu.idle"
      echo "$root/$IDLE"
      return
    fi
  done
}

remove_idle_groups() {
  rmdir "/sys/fs/cgroup/cpu/$IDLE" "/sys/fs/cgroup/$IDLE" 2>/dev/null || true
}

# start_idle PART: quietly, in that group; where there is none, merely nice.
start_idle() {
  local group
  group=$(idle_group)
  if [[ $group ]]; then
    # shellcheck disable=SC2016 # the other bash's variables
    start "$1" bash -c 'echo $$ >"$0" && exec "$@"' "$group/cgroup.procs" \
      .venv/bin/tox run -e "labs-$1" -- "--part=$1" >"results/$1.log" 2>&1
  else
    start "$1" nice -n 19 .venv/bin/tox run -e "labs-$1" -- "--part=$1" >"results/$1.log" 2>&1
  fi
}

await() {
  wait "${PIDS[$1]}" || ENDED=1
  if [[ -e results/$1.log ]]; then
    heading "$1"
    cat "results/$1.log"
  fi
}

# Two cores are the measure: of what takes them, two parts run side by side, and beside them what waits
# a lot. The measured part brings its lab up while the last one of them ends. Emulated machines take
# the time that it leaves, half of that of two cores: its figures are not told from those of a run alone.
main() {
  trap end_all TERM INT HUP
  rm -rf results
  mkdir results
  export VIRTUALENV_NO_PERIODIC_UPDATE=1
  start checks nice -n 10 .venv/bin/tox run -e "$CHECKS" >results/checks.log 2>&1
  start_labs others
  start_quiet broken
  await checks
  await broken
  start_quiet plain
  await others
  start_quiet scenarios
  wait -n "${PIDS[plain]}" "${PIDS[scenarios]}" || true
  heading "measured"
  start_idle emulated
  start_labs measured "--after=${PIDS[plain]}" "--after=${PIDS[scenarios]}"
  await measured
  await plain
  await scenarios
  await emulated
  remove_idle_groups
  return "$ENDED"
}

main
