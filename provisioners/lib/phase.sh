# Phases, as run.sh uses them: each is a file phases/NAME.sh that defines phase::NAME.

# phase::read_environment: set the variables of lab.env, which has lines of KEY='value'. The file is
# data: the shell never evaluates it.
phase::read_environment() {
  local file=$ROOT/etc/labgen/lab.env name value
  [[ -f $file ]] || return 0
  while IFS='=' read -r name value; do
    [[ $name =~ ^[A-Z][A-Z0-9_]*$ ]] || continue
    value=${value#\'}
    printf -v "$name" '%s' "${value%\'}"
  done <"$file"
}

# phase::check NAME: fail unless the phase exists and the variables of its `# needs:` line are set.
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

# phase::lock: allow one run at a time. kubeadm inherits the lock: when labgen has lost its connection
# and starts a new run, that waits for the old run's kubeadm.
phase::lock() {
  local lock
  [[ -d $ROOT/run/labgen ]] || mkdir -p "$ROOT/run/labgen"
  exec {lock}>"$ROOT/run/labgen/lock"
  flock --nonblock "$lock" && return
  printf 'waiting for another run of labgen on this machine\n' >&2
  # kubeadm times out after about five minutes.
  flock --timeout 360 "$lock" || report::fail "another run of labgen did not end within 360 s"
}
