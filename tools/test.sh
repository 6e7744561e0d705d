#!/usr/bin/env bash
# All checks: real labs side by side with everything else, then alone those that measure. Some output
# is live, that of the others comes whole when they have ended. Fails when any of them failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

CHECKS=lint,types,unit,shell
declare -A PIDS=()
ENDED=0

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

# start NAME COMMAND: in the background, with two things that a shell does not give: Ctrl-C is heard
# (tests send it), and the kernel ends the command when this script is killed.
start() {
  env --default-signal=INT setpriv --pdeathsig TERM "${@:2}" </dev/null &
  PIDS[$1]=$!
}

# start_labs PART [OPTION...]: some of the real labs, see tests/e2e/conftest.py.
start_labs() {
  start "$1" .venv/bin/tox run -e "labs-$1" -- "--part=$1" "${@:2}"
}

# start_quiet PART: the same, with output that is shown by await.
start_quiet() {
  start_labs "$1" >"results/$1.log" 2>&1
}

await() {
  wait "${PIDS[$1]}" || ENDED=1
  if [[ -e results/$1.log ]]; then
    heading "$1"
    cat "results/$1.log"
  fi
}

# until_either_ended ONE OTHER: sets LEFT to the other one of them.
until_either_ended() {
  local ended
  wait -n -p ended "${PIDS[$1]}" "${PIDS[$2]}" || true # await tells how it ended
  LEFT=$1
  [[ $ended != "${PIDS[$1]}" ]] || LEFT=$2
}

# Two cores are the measure. Emulated machines come first, with nothing but the checks beside them: with
# other labs there they miss deadlines and start programs over, which costs half as much again. Then
# labs run two parts at a time; with three, what they take only by being there is more than they gain.
# The measured part brings its lab up while the last of them ends, and measures when it has ended.
main() {
  trap end_all TERM INT HUP
  rm -rf results
  mkdir results
  export VIRTUALENV_NO_PERIODIC_UPDATE=1
  start checks nice -n 10 .venv/bin/tox run -e "$CHECKS" >results/checks.log 2>&1
  start_labs emulated
  await emulated
  await checks
  start_labs others
  start_quiet broken
  await broken
  start_quiet plain
  until_either_ended others plain
  start_quiet scenarios
  until_either_ended "$LEFT" scenarios
  heading "measured"
  start_labs measured "--after=${PIDS[$LEFT]}"
  await others
  await plain
  await scenarios
  await measured
  return "$ENDED"
}

main
