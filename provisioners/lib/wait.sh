# Waiting on what is observed, with a deadline.

# wait::until SECONDS WHAT COMMAND...: returns when COMMAND succeeds; fails the run after SECONDS
# with WHAT was awaited and what COMMAND said last.
wait::until() {
  local deadline=$((SECONDS + $1)) limit=$1 what=$2 seen
  shift 2
  until seen=$("$@" 2>&1); do
    ((SECONDS < deadline)) ||
      report::fail "not within $limit s: $what; last seen: ${seen:-exit without a word} ($*)"
    sleep 0.1
  done
}

# wait::listening SECONDS PORT: something accepts TCP connections on PORT of this machine.
wait::listening() {
  wait::until "$1" "a listener on port $2" wait::connect "$2"
}

wait::connect() {
  : <>"/dev/tcp/127.0.0.1/$1"
}
