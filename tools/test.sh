#!/usr/bin/env bash
# All checks, in parts: `tools/test.sh quick` is `make test`, `rest` is what that leaves out, and `all`
# is both, one after the other, also when something of the first failed. Each half ends with a table of
# its parts. One part at a time prints while it runs; the output of the others follows when they end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

CHECKS=lint,types,unit,shell,docs
REST=(emulated others faults existing scenarios exercises experiments)
LEFT_OUT='all other faults, experiments, mutations, exercises and scenarios, container runtimes, virtual machines'
declare -A PIDS=() STARTED=()
TABLE=()
FAILED=0

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

# start PART COMMAND...: in the background, with two things that a shell does not give: Ctrl-C reaches
# it (tests send it), and the kernel ends the command when this script is killed.
start() {
  env --default-signal=INT setpriv --pdeathsig TERM "${@:2}" </dev/null &
  PIDS[$1]=$!
  STARTED[$1]=$SECONDS
}

# start_labs PART [OPTION...]: a part of the end-to-end tests, see tests/e2e/conftest.py.
start_labs() {
  start "$1" .venv/bin/tox run -e "e2e-$1" -- "--part=$1" "${@:2}"
}

# start_quiet PART: the same, with its output shown when it has ended.
start_quiet() {
  start_labs "$1" >"results/$1.log" 2>&1
}

# start_measuring PART: the same, live; it measures nothing before all that runs now has ended.
start_measuring() {
  heading "$1"
  start_labs "$1" "${PIDS[@]/#/--after=}"
}

# Wait until any part has ended, and note how.
await_one() {
  local ended part code=0 result=passed
  wait -n -p ended "${PIDS[@]}" || code=$?
  for part in "${!PIDS[@]}"; do
    [[ ${PIDS[$part]} == "$ended" ]] && break
  done
  unset "PIDS[$part]"
  if [[ $code != 0 ]]; then
    result=failed FAILED=1
  fi
  note "$part" "$result" $((SECONDS - STARTED[$part]))
  if [[ -e results/$part.log ]]; then
    heading "$part"
    cat "results/$part.log"
  fi
}

# await PART...: until these have ended.
await() {
  local part
  for part; do
    while [[ -v PIDS[$part] ]]; do
      await_one
    done
  done
}

# at_most NUMBER: wait until no more parts than that run.
at_most() {
  while ((${#PIDS[@]} > $1)); do
    await_one
  done
}

# note PART RESULT SECONDS: a line of the table.
note() {
  TABLE+=("$(printf '%-12s %-6s %5d:%02d' "$1" "$2" $(($3 / 60)) $(($3 % 60)))")
}

# print_table HALF SECONDS
print_table() {
  note "$1, total" "" "$2"
  heading "$1: parts, results and minutes"
  printf '%s\n' "${TABLE[@]}"
  TABLE=()
}

# The failover is measured when nothing else runs any more.
quick() {
  rm -rf results
  mkdir results
  local since=$SECONDS
  start checks nice -n 10 .venv/bin/tox run -e "$CHECKS" >results/checks.log 2>&1
  start_quiet bare
  start_measuring ha
  at_most 0
  print_table "make test" $((SECONDS - since))
}

# Two cores are the measure. Emulated machines come first and alone: next to other labs they miss
# deadlines and start programs again, which costs half as much again. Then labs run two parts at a time;
# with three, what they use by merely existing is more than is gained. The experiments come last.
rest() {
  mkdir -p results
  local part since=$SECONDS
  for part in "${REST[@]}"; do
    rm -f "results/$part.log" "results/e2e-$part.xml"
  done
  rm -f results/acceptance-rest.xml
  start_labs emulated
  await emulated
  start_labs others
  for part in faults existing scenarios exercises; do
    at_most 1
    start_quiet "$part"
  done
  at_most 1
  start_measuring experiments
  at_most 0
  print_table "the rest of make test-all" $((SECONDS - since))
}

main() {
  export VIRTUALENV_NO_PERIODIC_UPDATE=1
  trap end_all TERM INT HUP
  case ${1:-} in
    quick)
      quick
      echo "left out: $LEFT_OUT; make test-all tests them too"
      ;;
    rest) rest ;;
    all)
      quick
      rest
      ;;
    *)
      echo 'error: tools/test.sh quick, rest or all' >&2
      return 2
      ;;
  esac
  return "$FAILED"
}

main "$@"
