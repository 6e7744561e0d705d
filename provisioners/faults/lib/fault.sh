# Faults, as run.sh uses them: a row of faults.table, or a script NAME.sh with NAME::inject, NAME::heal and
# NAME::is_active.

# fault::check VERB FAULT [SECONDS]: fail unless the verb and the fault exist.
fault::check() {
  [[ ${1:-} =~ ^(inject|heal|is-active)$ ]] && fault::find "${2:-}" && return
  printf 'error: run.sh inject FAULT [SECONDS] | heal FAULT | is-active FAULT; no fault "%s"\n' \
    "${2:-}" >&2
  exit 2
}

# fault::find FAULT: set FAULT, and KIND and ARGUMENTS: the prefix of its functions and what they get.
fault::find() {
  local name kind arguments
  FAULT=$1 KIND=$1 ARGUMENTS=()
  [[ $1 != run ]] || return 1
  while read -r name kind arguments; do
    if [[ -n $1 && $name == "$1" ]]; then
      KIND=$kind
      read -r -a ARGUMENTS <<<"$arguments"
      return
    fi
  done < <(grep --invert-match '^#' "$HERE/faults.table")
  [[ -n $1 && -f $HERE/$1.sh ]]
}

# fault::call VERB: run that function of the fault.
fault::call() {
  "${KIND//-/_}::$1" "${ARGUMENTS[@]}"
}

# fault::read_facts: set the variables of fault.env, which has lines of KEY='value'. The file is data:
# the shell never evaluates it.
fault::read_facts() {
  local name value
  [[ -f $HERE/fault.env ]] || return 0
  while IFS='=' read -r name value; do
    [[ $name =~ ^[A-Z][A-Z0-9_]*$ ]] || continue
    value=${value#\'}
    printf -v "$name" '%s' "${value%\'}"
  done <"$HERE/fault.env"
}

# fault::lock: the machine's timer and labgen must not heal at the same time.
fault::lock() {
  local lock
  mkdir -p "$ROOT/run/labgen"
  exec {lock}>"$ROOT/run/labgen/faults.lock"
  flock --timeout 60 "$lock" || report::fail "another run did not end within 60 s"
}

# fault::inject [SECONDS]: the timer starts first, so that the fault is never without it.
fault::inject() {
  timer::stop "$FAULT"
  if [[ -n ${1:-} ]]; then
    timer::start "$FAULT" "$1"
  fi
  fault::call inject
}

fault::heal() {
  fault::call heal
  timer::stop "$FAULT"
}

fault::is_active() {
  fault::call is_active || exit 4
}

# fault::effect: print the time at which the fault takes effect: now.
fault::effect() {
  printf 'effect %s\n' "$EPOCHREALTIME"
}

# fault::refuse MESSAGE: end the run, because this machine cannot have the fault.
fault::refuse() {
  printf 'error: %s\n' "$*" >&2
  exit 3
}
