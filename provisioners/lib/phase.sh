# Phases as run.sh sees them: a file phases/NAME.sh that defines phase::NAME.

# phase::read_environment: the variables of lab.env, lines of KEY='value'. It is data: nothing in it
# is run.
phase::read_environment() {
  local file=$ROOT/etc/labgen/lab.env name value
  [[ -f $file ]] || return 0
  while IFS='=' read -r name value; do
    [[ $name =~ ^[A-Z][A-Z0-9_]*$ ]] || continue
    value=${value#\'}
    printf -v "$name" '%s' "${value%\'}"
  done <"$file"
}

# phase::check NAME: the phase exists, and the variables that its `# needs:` line names are set.
phase::check() {
  local file=$HERE/phases/$1.sh line name missing=()
  if [[ ! -f $file ]]; then
    printf 'error: no phase "%s"; phases are: %s\n' "$1" "$(phase::names)" >&2
    exit 2
  fi
  while read -r line; do
    [[ $line == '#'* ]] || break
    [[ $line == '# needs: '* ]] || continue
    for name in ${line#'# needs: '}; do
      [[ -n ${!name:-} ]] || missing+=("$name")
    done
  done <"$file"
  ((${#missing[@]} == 0)) ||
    report::fail "phase $1 needs ${missing[*]}; labgen writes it to $ROOT/etc/labgen/lab.env"
}

phase::names() {
  local file names=()
  for file in "$HERE"/phases/*.sh; do
    file=${file##*/}
    names+=("${file%.sh}")
  done
  printf '%s' "${names[*]}"
}

# phase::lock: one run at a time. kubeadm inherits the lock: when labgen lost the connection and
# starts again, the new run waits for what the old one left running.
phase::lock() {
  local lock
  [[ -d $ROOT/run/labgen ]] || mkdir -p "$ROOT/run/labgen"
  exec {lock}>"$ROOT/run/labgen/lock"
  flock --nonblock "$lock" && return
  printf 'waiting for another run of labgen on this machine\n' >&2
  # kubeadm gives up by itself after about five minutes.
  flock --timeout 360 "$lock" || report::fail "another run of labgen did not end within 360 s"
}
