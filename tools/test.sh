#!/usr/bin/env bash
# All checks: real labs side by side with everything else. The labs' output is live, that of the
# others comes whole when they have ended. Fails when any of them failed.
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

main() {
  local checks=0 labs=0
  trap end_all TERM INT HUP
  rm -rf results
  mkdir results
  export VIRTUALENV_NO_PERIODIC_UPDATE=1
  start nice -n 10 .venv/bin/tox run -e "$CHECKS" >results/checks.log 2>&1
  start .venv/bin/tox run -e labs
  wait "${PIDS[0]}" || checks=$?
  heading "$CHECKS"
  cat results/checks.log
  heading "labs go on"
  wait "${PIDS[1]}" || labs=$?
  heading "$CHECKS: exit code $checks; labs: exit code $labs"
  [ "$checks" = 0 ] && [ "$labs" = 0 ]
}

main
