# Debian packages.

# pkg::missing NAME...: those that are not installed, one per line.
pkg::missing() {
  local name status
  declare -A installed=()
  while read -r name status; do
    [[ $status != installed ]] || installed[$name]=yes
  done < <(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null)
  for name in "$@"; do
    [[ -n ${installed[$name]:-} ]] || printf '%s\n' "$name"
  done
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
  export DEBIAN_FRONTEND=noninteractive
  apt-get --quiet --quiet update
  apt-get --quiet --yes --no-install-recommends --option Dpkg::Use-Pty=0 install "${missing[@]}"
  report::changed "packages: ${missing[*]}"
}
