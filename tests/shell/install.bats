#!/usr/bin/env bats
# tools/install.sh: which Python it takes, and what it says when an installation fails.
# shellcheck disable=SC2317 # functions are called by their names

setup() {
  load helper
  source "$BATS_TEST_DIRNAME/../../tools/install.sh"
  LOG=$BATS_TEST_TMPDIR/install.log
  : >"$LOG"
  sleep() { :; }
}

shim() {
  mkdir -p "$BATS_TEST_TMPDIR/shims"
  printf '#!/bin/sh\nexec %s "$@"\n' "$1" >"$BATS_TEST_TMPDIR/shims/python3"
  chmod +x "$BATS_TEST_TMPDIR/shims/python3"
}

@test "the same Python is found behind a version manager's script and a virtual environment" {
  plain=$(find_python)
  shim "$plain"
  [ "$(PATH="$BATS_TEST_TMPDIR/shims:$PATH" find_python)" = "$plain" ]
  "$plain" -m venv --without-pip "$BATS_TEST_TMPDIR/venv"
  [ "$(PATH="$BATS_TEST_TMPDIR/venv/bin:$PATH" find_python)" = "$plain" ]
}

@test "without a network, one sentence says that it is needed" {
  failing() {
    echo "connection broken: Temporary failure in name resolution')': /simple/click/" >&2
    return 1
  }
  run try_thrice "labgen's Python packages" failing
  [ "$status" = 3 ]
  [ "${lines[0]}" = "error: labgen's Python packages could not be installed: the network is needed for this, and a server is out of reach (Temporary failure in name resolution)" ]
  [ "${#lines[@]}" = 2 ]
}

@test "another failure is told with its own last line, after three attempts" {
  failing() {
    echo "$((++count)): no space left"
    return 1
  }
  count=0
  run try_thrice "podman" failing
  [ "$status" = 3 ]
  [ "${lines[0]}" = "error: podman could not be installed: 3: no space left" ]
}
