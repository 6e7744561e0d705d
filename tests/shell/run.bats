# run.sh itself: its phases, their variables, and the output when one fails.

setup() {
  load helper
  make_machine
}

@test "an unknown phase is a usage error that lists the phases" {
  run_phases kernle
  [[ $status == 2 ]]
  assert_contains "$stderr" 'no phase "kernle"'
  assert_contains "$stderr" 'control-plane-init'
}

@test "a missing variable is named before any phase runs" {
  run_phases kernel load-balancer
  assert_failure
  [[ -z $output ]]
  [[ $stderr == "error: phase load-balancer needs API_PORT; labgen writes it to $LABGEN_ROOT/etc/labgen/lab.env" ]]
}

@test "variables come from lab.env, which is never evaluated" {
  cat >"$LABGEN_ROOT/etc/labgen/lab.env" <<END
IMAGES='a:1 \$(touch\${IFS}$STATE/ran)'
evil; touch $STATE/ran
END
  printf '%s\n' a:1 "\$(touch\${IFS}$STATE/ran)" >"$STATE/images"
  run_phases images
  assert_unchanged
  [[ ! -e $STATE/ran ]]
}

@test "a failing command ends the run with its file, line and text" {
  touch "$STATE/hostname-fails"
  printf 'master1\n' >"$PAYLOAD/hostname"
  run_phases identity
  assert_failure
  [[ ${stderr_lines[-1]} =~ ^error:\ phases/identity.sh:[0-9]+:\ hostname\ \"\$wanted\"\ \(exit\ 1\)$ ]]
}

@test "every phase file defines the function named after it" {
  for file in "$REPO"/provisioners/phases/*.sh; do
    name=${file##*/}
    name=${name%.sh}
    grep --quiet "^phase::${name//-/_}() {" "$file" || fail "$file"
    grep --quiet "/phases/$name.sh\"" "$REPO/provisioners/run.sh" || fail "run.sh does not source $file"
  done
}

@test "a second run waits until the first one ends" {
  mkdir -p "$LABGEN_ROOT/run/labgen"
  exec 8>"$LABGEN_ROOT/run/labgen/lock"
  flock 8
  (
    sleep 0.5
    printf 'first ended\n' >>"$CALLS"
  ) 8>&8 3>&- &
  exec 8>&-
  run_phases kernel
  assert_success
  assert_contains "$stderr" 'waiting for another run'
  assert_called 'first ended'
}
