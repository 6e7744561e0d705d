# The facts of an existing machine, gathered before labgen changes anything. The script is read-only, so
# the tests run it on this host; it sends no packets, because the addresses are the host's own.

setup() {
  load helper
}

facts() {
  run --separate-stderr bash "$REPO/provisioners/facts.sh" "$@"
}

@test "facts describe the machine, and end with a line of their own" {
  facts 127.0.0.9 -- bash
  assert_success
  for word in os suite architecture cores MemTotal: disk CapEff: link local end; do
    grep --quiet "^$word" <<<"$output" || fail "no line of $word: $output"
  done
  assert_contains "$output" 'local 127.0.0.1'
}

@test "only packages that are installed and named are printed" {
  facts 127.0.0.9 -- bash no-such-package
  assert_contains "$output" 'package bash'
  [[ $output != *no-such-package* ]] || fail "$output"
  [[ $output != *'package coreutils'* ]] || fail "$output"
}

@test "a peer that refuses a connection is reachable" {
  facts 127.0.0.9 127.0.0.1:1 -- bash
  for port in 1 2380 6443 10250; do
    grep --quiet --extended-regexp "^peer 127.0.0.1 $port (refused|open)$" <<<"$output" ||
      fail "port $port: $output"
  done
}

@test "a port in use is printed with its program" {
  coproc listener { exec python3 -c 'import socket,sys
s=socket.create_server(("127.0.0.1",0)); print(s.getsockname()[1],flush=True); sys.stdin.read()'; }
  read -r port <&"${listener[0]}"
  facts 127.0.0.9 -- bash
  kill "$listener_PID"
  grep --quiet --extended-regexp "^listens $port (python3|)" <<<"$output" || fail "$output"
}
