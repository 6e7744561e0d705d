# Faults as run.sh sees them: a file NAME.sh with NAME::inject, NAME::heal and NAME::is_active.

# fault::check VERB FAULT ...: the call is right.
fault::check() {
  [[ ${1:-} =~ ^(inject|heal|is-active)$ && -n ${2:-} && -f $HERE/$2.sh && $2 != run ]] && return
  printf 'error: run.sh inject FAULT [SECONDS] | heal FAULT | is-active FAULT; no fault "%s"\n' \
    "${2:-}" >&2
  exit 2
}

# fault::read_facts: the variables of fault.env, lines of KEY='value'. It is data: nothing is run.
fault::read_facts() {
  local name value
  [[ -f $HERE/fault.env ]] || return 0
  while IFS='=' read -r name value; do
    [[ $name =~ ^[A-Z][A-Z0-9_]*$ ]] || continue
    value=${value#\'}
    printf -v "$name" '%s' "${value%\'}"
  done <"$HERE/fault.env"
}

# fault::lock: the machine's own timer and labgen never heal side by side.
fault::lock() {
  local lock
  mkdir -p "$ROOT/run/labgen"
  exec {lock}>"$ROOT/run/labgen/faults.lock"
  flock --timeout 60 "$lock" || report::fail "another run did not end within 60 s"
}

# fault::inject FAULT [SECONDS]: the timer goes first, so that no moment is without it.
fault::inject() {
  timer::stop "$1"
  if [[ -n ${2:-} ]]; then
    timer::start "$1" "$2"
  fi
  "${1//-/_}::inject"
}

fault::heal() {
  "${1//-/_}::heal"
  timer::stop "$1"
}

fault::is_active() {
  "${1//-/_}::is_active" || exit 4
}

# fault::effect: from now on it is so.
fault::effect() {
  printf 'effect %s\n' "$EPOCHREALTIME"
}

# fault::refuse MESSAGE: this machine cannot do that.
fault::refuse() {
  printf 'error: %s\n' "$*" >&2
  exit 3
}
