#!/usr/bin/env bash
# All checks: real labs side by side with everything else, then alone those that measure. Some output
# is live, that of the others comes whole when they have ended. Fails when any of them failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

CHECKS=lint,types,unit,shell
PIDS=()

# Labs are taken down before this ends.
end_all() {
  trap - TERM INT HUP
  for pid in "${PIDS[@]}"; do
    kill -INT "$pid" 2>/dev/null || true
  done
  wait
  exit 143
}

heading() {
  printf '\n===== %s =====\n' "$*"
}

# In the background, with two things that a shell does not give: Ctrl-C is heard (tests send it),
# and the kernel ends the command when this script is killed.
start() {
  env --default-signal=INT setpriv --pdeathsig TERM "$@" </dev/null &
  PIDS+=($!)
}

# Its output comes whole, once it has ended.
show() {
  heading "$1"
  cat "results/$1.log"
}

# A part of the real labs, see tests/labs/conftest.py.
start_labs() {
  start .venv/bin/tox run -e "labs-$1" -- "--part=$1"
}

main() {
  local ended=0
  trap end_all TERM INT HUP
  rm -rf results
  mkdir results
  export VIRTUALENV_NO_PERIODIC_UPDATE=1
  start nice -n 10 .venv/bin/tox run -e "$CHECKS" >results/checks.log 2>&1
  start_labs others
  wait "${PIDS[0]}" || ended=1
  show checks
  # Not before: unit tests that take the time would have too little of it.
  start_labs beside >results/labs-beside.log 2>&1
  wait "${PIDS[1]}" || ended=1
  wait "${PIDS[2]}" || ended=1
  show labs-beside
  heading "labs-measured; exit code so far: $ended"
  start_labs measured
  wait "${PIDS[3]}" || ended=1
  return "$ended"
}

main
