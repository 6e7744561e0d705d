# Debian packages: from the bundle where it brought them, else from the machine's own sources.

# pkg::missing NAME...: those that are not installed, one per line.
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

# pkg::states NAME...: "NAME STATUS" of those that dpkg has ever known, one per line.
pkg::states() {
  dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true
}

# pkg::ensure NAME...: installed, without what they merely recommend.
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
  record::users_came
  pkg::close
  report::changed "packages: ${missing[*]}"
}

# pkg::hold NAME=VERSION...: installed from the machine's own sources; no upgrade replaces them.
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

# pkg::apt VERB WORD...: apt-get, which asks nobody and waits for its turn.
pkg::apt() {
  local options=(--quiet --quiet --yes --no-install-recommends)
  options+=(--option Dpkg::Use-Pty=0 --option DPkg::Lock::Timeout=300)
  options+=(--option Dpkg::Options::=--force-confold)
  DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" "${PKG_SOURCES[@]}" "$@" </dev/null
}

# pkg::open: apt looks at the bundle's packages alone, and keeps what it reads there apart from what it
# knows of the machine's own sources.
pkg::open() {
  local archive=$BUNDLE/packages.tar place=$BUNDLE/packages
  PKG_SOURCES=()
  # An installation that was killed.
  dpkg --configure --pending >&2
  [[ -f $archive ]] || return 0
  rm -rf "$place"
  mkdir -p "$place/lists"
  tar --extract --file "$archive" --directory "$place" --no-same-owner
  # Whole and genuine: labgen compared its digest when it brought it.
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
