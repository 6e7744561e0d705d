# Waiting for an observed state, with a deadline.

# wait::until SECONDS WHAT COMMAND...: return as soon as COMMAND succeeds. After SECONDS, fail the run
# with WHAT and the last output of COMMAND.
wait::until() {
  local deadline=$((SECONDS + $1)) limit=$1 what=$2 seen
  shift 2
  until seen=$("$@" 2>&1); do
    ((SECONDS < deadline)) ||
      report::fail "not within $limit s: $what; last seen: ${seen:-no output} ($*)"
    sleep 0.1
  done
}

# wait::listening SECONDS PORT: wait until something accepts TCP connections on PORT of this machine.
wait::listening() {
  wait::until "$1" "a listener on port $2" wait::connect "$2"
}

wait::connect() {
  : <>"/dev/tcp/127.0.0.1/$1"
}
