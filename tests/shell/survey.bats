# What is asked of a machine that exists, before anything is changed on it. The survey only reads, so
# it may read this one: nothing is sent, because the addresses are its own.

setup() {
  load helper
  SURVEY=$REPO/provisioners/survey.sh
}

survey() {
  run --separate-stderr bash "$SURVEY" "$@"
}

@test "the survey tells what a machine is, to its end" {
  survey 127.0.0.9 -- bash
  assert_success
  for word in os suite architecture cores MemTotal: disk CapEff: link local end; do
    grep --quiet "^$word" <<<"$output" || fail "no line of $word: $output"
  done
  assert_contains "$output" 'local 127.0.0.1'
}

@test "packages are told when they are installed, and only those that are asked for" {
  survey 127.0.0.9 -- bash no-such-package
  assert_contains "$output" 'package bash'
  [[ $output != *no-such-package* ]] || fail "$output"
  [[ $output != *'package coreutils'* ]] || fail "$output"
}

@test "a peer that refuses has been reached" {
  survey 127.0.0.9 127.0.0.1:1 -- bash
  for port in 1 2380 6443 10250; do
    grep --quiet --extended-regexp "^peer 127.0.0.1 $port (refused|open)$" <<<"$output" ||
      fail "port $port: $output"
  done
}

@test "what listens is told with its program" {
  coproc listener { exec python3 -c 'import socket,sys
s=socket.create_server(("127.0.0.1",0)); print(s.getsockname()[1],flush=True); sys.stdin.read()'; }
  read -r port <&"${listener[0]}"
  survey 127.0.0.9 -- bash
  kill "$listener_PID"
  grep --quiet --extended-regexp "^listens $port (python3|)" <<<"$output" || fail "$output"
}
