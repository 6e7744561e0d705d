# The original state of an existing machine. Before labgen changes a thing for the first time, it
# records the original here, and the phase uninstall restores it. Each entry is one file, written
# atomically. Machines made from labgen's image have no record.

RECORD=/var/lib/labgen/record

# record::on: this machine has a record.
record::on() {
  [[ -d $ROOT$RECORD ]]
}

# record::open: create the record.
record::open() {
  record::on && return
  (
    umask 077
    mkdir -p "$ROOT${RECORD%/*}" "$ROOT$RECORD.new"
  )
  chmod 700 "$ROOT${RECORD%/*}"
  mv --no-target-directory "$ROOT$RECORD.new" "$ROOT$RECORD"
}

# record::note KIND NAME VALUE: record VALUE for NAME, unless NAME already has a value.
record::note() {
  local entry
  record::on || return 0
  entry=$(record::entry "$1" "$2")
  [[ ! -e $entry ]] || return 0
  mkdir -p "${entry%/*}"
  printf '%s\n' "$3" >"$entry.new"
  mv "$entry.new" "$entry"
}

# record::entry KIND NAME: print the path of an entry. NAME may be a path itself.
record::entry() {
  local name=${2//%/%25}
  printf '%s' "$ROOT$RECORD/$1/${name//\//%2F}"
}

# record::names KIND: print the names of all entries of KIND, one per line.
record::names() {
  local entry name
  for entry in "$ROOT$RECORD/$1"/*; do
    [[ -e $entry || -L $entry ]] || continue
    name=${entry##*/}
    [[ $name != *.new ]] || continue
    name=${name//%2F//}
    printf '%s\n' "${name//%25/%}"
  done
}

record::value() {
  cat "$(record::entry "$1" "$2")"
}

# record::path PATH: keep a copy of PATH. If PATH does not exist, record its topmost missing parent as
# absent, so that uninstall removes that.
record::path() {
  local path=$1 entry
  record::on || return 0
  record::absent "$path" && return
  if [[ -e $ROOT$path || -L $ROOT$path ]]; then
    entry=$(record::entry files "$path")
    [[ ! -e $entry && ! -L $entry ]] || return 0
    mkdir -p "${entry%/*}"
    rm -rf "$entry.new"
    cp --archive "$ROOT$path" "$entry.new"
    mv --no-target-directory "$entry.new" "$entry"
    return
  fi
  while [[ ! -e $ROOT${path%/*} ]]; do
    path=${path%/*}
  done
  record::note absent "$path" ''
}

# record::absent PATH: PATH, or a directory above it, did not exist before labgen.
record::absent() {
  local path=$1
  while [[ -n $path ]]; do
    [[ ! -e $(record::entry absent "$path") ]] || return 0
    path=${path%/*}
  done
  return 1
}

# record::directory PATH: record a directory that is absent, or empty as a disk's mount point, so that
# uninstall restores that. A directory with content belongs to the machine's owner and stays.
record::directory() {
  local inside
  if [[ ! -d $ROOT$1 ]]; then
    record::path "$1"
    return
  fi
  inside=$(find "$ROOT$1" -mindepth 1 -maxdepth 1 ! -name lost+found -print -quit)
  if [[ -z $inside ]] && ! record::absent "$1"; then
    record::note empty "$1" ''
  fi
}

# record::unit UNIT: record whether it is enabled and whether it runs.
record::unit() {
  local enabled active
  record::on || return 0
  [[ ! -e $(record::entry units "$1") ]] || return 0
  enabled=$(systemctl is-enabled "$1" 2>/dev/null) || true
  active=$(systemctl is-active "$1" 2>/dev/null) || true
  record::note units "$1" "${enabled:-not-found} ${active:-unknown}"
}

# record::packages NAME...: record the packages that apt would install for NAMEs, and their present
# state.
record::packages() {
  local plan word name old
  record::on || return 0
  record::users
  plan=$(pkg::apt --simulate install "$@")
  while read -r word name old _; do
    [[ $word == Inst ]] || continue
    # A package with an entry is labgen's own: its installation was interrupted.
    if [[ $old == '['* && ! -e $(record::entry packages "$name") ]]; then
      record::note upgraded "$name" "${old//[\[\]]/}"
    else
      record::note packages "$name" "$(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null)"
    fi
  done <<<"$plan"
}

# record::users: list users and groups before packages create theirs.
record::users() {
  [[ -e $(record::entry users before) ]] ||
    record::note users before "$(cut --delimiter=: --fields=1 "$ROOT/etc/passwd" | sort)"
  [[ -e $(record::entry groups before) ]] ||
    record::note groups before "$(cut --delimiter=: --fields=1 "$ROOT/etc/group" | sort)"
}

# record::new_users: record the users and groups that the installed packages have created.
record::new_users() {
  local kind file name
  record::on || return 0
  for kind in users groups; do
    [[ -e $(record::entry "$kind" before) ]] || continue
    file=$ROOT/etc/passwd
    [[ $kind == users ]] || file=$ROOT/etc/group
    while read -r name; do
      record::note "$kind" "new/$name" ''
    done < <(comm -13 "$(record::entry "$kind" before)" <(cut --delimiter=: --fields=1 "$file" | sort))
    rm -f "$(record::entry "$kind" before)"
  done
}
