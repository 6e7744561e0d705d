# A fake machine: a root directory, a payload, and stubs for the programs that would change the host.
# Each stub writes its command line to $CALLS and keeps its state under $STATE.

bats_require_minimum_version 1.5.0

REPO=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

make_machine() {
  export LABGEN_ROOT=$BATS_TEST_TMPDIR/root
  export ROOT=$LABGEN_ROOT
  export PAYLOAD=$LABGEN_ROOT/etc/labgen/payload
  export BUNDLE=$LABGEN_ROOT/opt/labgen/bundle
  export CALLS=$BATS_TEST_TMPDIR/calls
  export STATE=$BATS_TEST_TMPDIR/state
  export PATH=$BATS_TEST_DIRNAME/stubs:$PATH
  unset MACHINE_IMAGE
  mkdir -p "$STATE" "$PAYLOAD" "$LABGEN_ROOT"/{run/systemd/system,sys/module,var/lib/etcd}
  mkdir -p "$LABGEN_ROOT"/proc/sys/{net/ipv4,kernel}
  printf '0\n' >"$LABGEN_ROOT/proc/sys/net/ipv4/ip_forward"
  printf 'old-name\n' >"$LABGEN_ROOT/proc/sys/kernel/hostname"
  printf 'Filename Type Size Used Priority\n' >"$LABGEN_ROOT/proc/swaps"
  : >"$CALLS"
}

# in_container: make the machine a container, as systemd reports it.
in_container() {
  printf 'podman\n' >"$LABGEN_ROOT/run/systemd/container"
}

# run_phases NAME...: run phases; stdout is in $output, stderr in $stderr.
run_phases() {
  run --separate-stderr bash "$REPO/provisioners/run.sh" "$@"
}

# library FUNCTION ARGUMENT...: call one function of provisioners/lib as run.sh would.
library() {
  (
    set -Eeuo pipefail
    source "$REPO/provisioners/lib/report.sh"
    source "$REPO/provisioners/lib/record.sh"
    source "$REPO/provisioners/lib/wait.sh"
    source "$REPO/provisioners/lib/file.sh"
    source "$REPO/provisioners/lib/service.sh"
    source "$REPO/provisioners/lib/pkg.sh"
    "$@"
  )
}

called() {
  grep --quiet --line-regexp --fixed-strings -- "$1" "$CALLS"
}

assert_success() {
  [[ $status == 0 ]] || fail "exit $status: $output ${stderr:-}"
}

assert_failure() {
  [[ $status != 0 ]] || fail "succeeded: $output"
}

assert_unchanged() {
  assert_success
  [[ $output != *changed* ]] || fail "changed something: $output"
}

assert_contains() {
  [[ $1 == *"$2"* ]] || fail "no '$2' in: $1"
}

assert_called() {
  called "$1" || fail "never called: $1; calls: $(<"$CALLS")"
}

assert_not_called() {
  ! called "$1" || fail "called: $1"
}

fail() {
  printf '%s\n' "$*" >&2
  return 1
}
