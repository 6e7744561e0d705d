# Files are written atomically, with the right mode, and only when they differ.

# file::install SOURCE TARGET [MODE]: make the text file TARGET have SOURCE's content and MODE (644).
file::install() {
  local source=$1 target=$2 mode=${3:-644}
  file::exists "$source"
  if file::same_text "$source" "$ROOT$target" && file::has_mode "$ROOT$target" "$mode"; then
    report::ok "$target"
    return
  fi
  file::mark_changed "$target"
  file::put "$source" "$ROOT$target" "$mode"
  report::changed "$target"
}

# file::install_program SOURCE TARGET: the same for a binary, with mode 755.
file::install_program() {
  file::exists "$1"
  if cmp --silent "$1" "$ROOT$2" && file::has_mode "$ROOT$2" 755; then
    report::ok "$2"
    return
  fi
  file::put "$1" "$ROOT$2" 755
  report::changed "$2"
}

# file::remove PATH...: remove each PATH that exists.
file::remove() {
  local path
  for path in "$@"; do
    [[ $path == /?* ]] || report::fail "file::remove needs absolute paths, not '$path'"
    if [[ -e $ROOT$path || -L $ROOT$path ]]; then
      record::path "$path"
      rm -rf -- "$ROOT$path"
      report::changed "$path removed"
    fi
  done
}

# file::install_block SOURCE TARGET: append the lines of SOURCE, between markers, to the text file
# TARGET, which belongs to the machine's owner. An older block is replaced.
file::install_block() {
  local source=$1 target=$2 new
  file::exists "$source"
  new=$ROOT$target.labgen-block
  file::without_block "$ROOT$target" >"$new"
  { printf '# labgen begin\n' && cat "$source" && printf '# labgen end\n'; } >>"$new"
  if file::same_text "$new" "$ROOT$target"; then
    report::ok "$target"
  else
    record::note blocks "$target" ''
    file::replace "$new" "$ROOT$target"
    report::changed "$target"
  fi
  rm -f "$new"
}

file::without_block() {
  sed '/^# labgen begin$/,/^# labgen end$/d' "$1"
}

# file::replace NEW PATH: replace PATH's content with that of NEW; owner and mode of PATH stay.
file::replace() {
  chown --reference="$2" "$1"
  chmod --reference="$2" "$1"
  mv --force --no-target-directory "$1" "$2" 2>/dev/null || cat "$1" >"$2"
}

file::exists() {
  [[ -f $1 ]] || report::fail "$1 is missing; labgen puts it there before it runs a phase"
}

# file::same_text A B: both are regular files with equal content. The shell reads them itself, without
# a process: a run without changes compares a dozen small files on each of six machines.
file::same_text() {
  local one='' other=''
  [[ -f $2 && ! -L $2 ]] || return 1
  IFS= read -r -d '' one <"$1" || true
  IFS= read -r -d '' other <"$2" || true
  [[ $one == "$other" ]]
}

file::has_mode() {
  [[ $(stat --format=%a "$1") == "$2" ]]
}

# file::put SOURCE PATH MODE: write a new file next to PATH and rename it to PATH.
file::put() {
  local new=$2.labgen-new
  record::path "${2#"$ROOT"}"
  install -D --mode="$3" "$1" "$new"
  if ! mv --force --no-target-directory "$new" "$2" 2>/dev/null; then
    # podman mounts /etc/hosts, /etc/hostname and /etc/resolv.conf, which prevents a rename.
    cat "$new" >"$2"
    rm "$new"
  fi
}

# file::mark_changed PATH: mark PATH as changed, until its service has been restarted or the machine
# boots. A run that dies between the two leaves the mark to the next run.
file::mark_changed() {
  service::booted || return 0
  [[ -d $ROOT/run/labgen/changed ]] || mkdir -p "$ROOT/run/labgen/changed"
  : >"$ROOT/run/labgen/changed/${1//\//-}"
}

# file::is_marked PATH...: at least one PATH is marked as changed.
file::is_marked() {
  local path
  for path in "$@"; do
    [[ ! -e $ROOT/run/labgen/changed/${path//\//-} ]] || return 0
  done
  return 1
}

# file::clear_mark PATH...: the services that use PATH have read it.
file::clear_mark() {
  local path
  for path in "$@"; do
    rm -f "$ROOT/run/labgen/changed/${path//\//-}"
  done
}
