# Debian packages: from the bundle if it was transferred, otherwise from the machine's own sources.

# pkg::missing NAME...: print each NAME that is not installed, one per line.
pkg::missing() {
  local name status
  declare -A installed=()
  while read -r name status; do
    [[ $status != installed ]] || installed[$name]=yes
  done < <(pkg::states "$@")
  for name in "$@"; do
    [[ -n ${installed[$name]:-} ]] || printf '%s\n' "$name"
  done
}

# pkg::states NAME...: print "NAME STATUS" for each NAME in dpkg's database, one per line.
pkg::states() {
  dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true
}

# pkg::ensure NAME...: install what is missing, without recommended packages.
pkg::ensure() {
  local list missing
  list=$(pkg::missing "$@")
  if [[ -z $list ]]; then
    report::ok "packages"
    return
  fi
  mapfile -t missing <<<"$list"
  pkg::open
  pkg::apt update
  record::packages "${missing[@]}"
  pkg::apt install "${missing[@]}"
  record::new_users
  pkg::close
  report::changed "packages: ${missing[*]}"
}

# pkg::hold NAME=VERSION...: install from the machine's own sources and hold at VERSION.
pkg::hold() {
  local missing
  missing=$(pkg::missing "${@%%=*}")
  if [[ -z $missing ]]; then
    report::ok "packages ${*%%=*}"
    return
  fi
  PKG_SOURCES=()
  pkg::apt update
  record::packages "$@"
  pkg::apt install "$@"
  apt-mark --quiet --quiet hold "${@%%=*}" >/dev/null
  report::changed "packages: $*"
}

# pkg::apt COMMAND ARGUMENT...: run apt-get without questions; it waits for dpkg's lock.
pkg::apt() {
  local options=(--quiet --quiet --yes --no-install-recommends)
  options+=(--option Dpkg::Use-Pty=0 --option DPkg::Lock::Timeout=300)
  options+=(--option Dpkg::Options::=--force-confold)
  DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" "${PKG_SOURCES[@]}" "$@" </dev/null
}

# pkg::open: make apt use only the bundle's packages. Their lists are kept apart from those of the
# machine's own sources.
pkg::open() {
  local archive=$BUNDLE/packages.tar place=$BUNDLE/packages
  PKG_SOURCES=()
  # Finish an installation that was killed.
  dpkg --configure --pending >&2
  [[ -f $archive ]] || return 0
  rm -rf "$place"
  mkdir -p "$place/lists"
  tar --extract --file "$archive" --directory "$place" --no-same-owner
  # trusted: labgen has verified the archive's digest when it transferred it.
  printf 'deb [trusted=yes] file:%s ./\n' "$place" >"$place/sources.list"
  PKG_SOURCES=(
    --option "Dir::Etc::SourceList=$place/sources.list" --option Dir::Etc::SourceParts=/dev/null
    --option "Dir::State::Lists=$place/lists"
    --option Dir::Cache::pkgcache= --option Dir::Cache::srcpkgcache=
  )
}

pkg::close() {
  rm -rf "$BUNDLE/packages"
}
