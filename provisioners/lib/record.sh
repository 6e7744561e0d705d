# What a machine of someone's own was like before labgen came: noted before each first change, so that
# take-off gives it back. Each note is one file, whole or absent. Machines made of labgen's image have
# no record.

RECORD=/var/lib/labgen/record

# record::on: this machine has a record.
record::on() {
  [[ -d $ROOT$RECORD ]]
}

# record::open: from now on there is one.
record::open() {
  record::on && return
  (
    umask 077
    mkdir -p "$ROOT${RECORD%/*}" "$ROOT$RECORD.new"
  )
  chmod 700 "$ROOT${RECORD%/*}"
  mv --no-target-directory "$ROOT$RECORD.new" "$ROOT$RECORD"
}

# record::note KIND NAME VALUE: the first VALUE of NAME is kept.
record::note() {
  local place
  record::on || return 0
  place=$(record::place "$1" "$2")
  [[ ! -e $place ]] || return 0
  mkdir -p "${place%/*}"
  printf '%s\n' "$3" >"$place.new"
  mv "$place.new" "$place"
}

# record::place KIND NAME: the file of a note. Names may be paths.
record::place() {
  local name=${2//%/%25}
  printf '%s' "$ROOT$RECORD/$1/${name//\//%2F}"
}

# record::names KIND: the names that have notes of KIND, one per line.
record::names() {
  local place name
  for place in "$ROOT$RECORD/$1"/*; do
    [[ -e $place || -L $place ]] || continue
    name=${place##*/}
    [[ $name != *.new ]] || continue
    name=${name//%2F//}
    printf '%s\n' "${name//%25/%}"
  done
}

record::value() {
  cat "$(record::place "$1" "$2")"
}

# record::path PATH: what is at PATH is kept; where nothing is, also the directories above it that are
# not there will go again.
record::path() {
  local path=$1 place
  record::on || return 0
  if [[ -e $ROOT$path || -L $ROOT$path ]]; then
    record::absent "$path" && return
    place=$(record::place files "$path")
    [[ ! -e $place && ! -L $place ]] || return 0
    mkdir -p "${place%/*}"
    rm -rf "$place.new"
    cp --archive "$ROOT$path" "$place.new"
    mv --no-target-directory "$place.new" "$place"
    return
  fi
  while [[ ! -e $ROOT${path%/*} ]]; do
    path=${path%/*}
  done
  record::note absent "$path" ''
}

# record::absent PATH: it, or a directory above it, came with labgen.
record::absent() {
  local path=$1
  while [[ -n $path ]]; do
    [[ ! -e $(record::place absent "$path") ]] || return 0
    path=${path%/*}
  done
  return 1
}

# record::directory PATH: a directory that is not there, or empty as a disk's mount point, will be so
# again. One that holds something is its owner's.
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

# record::unit UNIT: whether it is enabled, and whether it runs.
record::unit() {
  local enabled active
  record::on || return 0
  [[ ! -e $(record::place units "$1") ]] || return 0
  enabled=$(systemctl is-enabled "$1" 2>/dev/null) || true
  active=$(systemctl is-active "$1" 2>/dev/null) || true
  record::note units "$1" "${enabled:-not-found} ${active:-unknown}"
}

# record::packages NAME...: those that apt is about to install for NAMEs, and what they are now.
record::packages() {
  local plan word name old
  record::on || return 0
  record::users
  plan=$(pkg::apt --simulate install "$@")
  while read -r word name old _; do
    [[ $word == Inst ]] || continue
    # One of ours whose installation was cut off is installed again.
    if [[ $old == '['* && ! -e $(record::place packages "$name") ]]; then
      record::note upgraded "$name" "${old//[\[\]]/}"
    else
      record::note packages "$name" "$(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null)"
    fi
  done <<<"$plan"
}

# record::users: those there are, before packages bring theirs.
record::users() {
  [[ -e $(record::place users before) ]] ||
    record::note users before "$(cut --delimiter=: --fields=1 "$ROOT/etc/passwd" | sort)"
  [[ -e $(record::place groups before) ]] ||
    record::note groups before "$(cut --delimiter=: --fields=1 "$ROOT/etc/group" | sort)"
}

# record::users_came: the packages are there; who is new came with them.
record::users_came() {
  local kind file name
  record::on || return 0
  for kind in users groups; do
    [[ -e $(record::place "$kind" before) ]] || continue
    file=$ROOT/etc/passwd
    [[ $kind == users ]] || file=$ROOT/etc/group
    while read -r name; do
      record::note "$kind" "new/$name" ''
    done < <(comm -13 "$(record::place "$kind" before)" <(cut --delimiter=: --fields=1 "$file" | sort))
    rm -f "$(record::place "$kind" before)"
  done
}
