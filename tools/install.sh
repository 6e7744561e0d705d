#!/usr/bin/env bash
# What labgen and its tests stand on: Debian packages that are missing, then .venv with labgen in it.
# Does nothing, quickly, when all of it is there.
# With the word libvirt, also what virtual machines need: their tests run wherever QEMU does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# program, or file, or library, and the package that brings it
NEEDS=(
  podman:podman
  runc:runc
  /usr/lib/podman/netavark:netavark
  newuidmap:uidmap
  iptables:iptables
  nft:nftables
  ip:iproute2
  nsenter:util-linux
  ssh:openssh-client
  mmdebstrap:mmdebstrap
  gpg:gpg
  mount:mount
  /usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring
  /etc/ssl/certs/ca-certificates.crt:ca-certificates
  gcc:gcc
  libc.a:libc6-dev
  tar:tar
  zstd:zstd
  openssl:openssl
  ps:procps
  shellcheck:shellcheck
  shfmt:shfmt
  bats:bats
  chromium:chromium
  mkfs.btrfs:btrfs-progs
  mkfs.xfs:xfsprogs
)

# Of virtual machines. libvirt-python is compiled against the libvirt that is here. dropbear is the
# tests' SSH server: its package, unlike others, starts none on this host.
LIBVIRT_NEEDS=(
  vagrant:vagrant
  /usr/share/vagrant-plugins/plugins.d/vagrant-libvirt.json:vagrant-libvirt
  libvirtd:libvirt-daemon-system
  qemu-system-x86_64:qemu-system-x86
  qemu-img:qemu-utils
  mke2fs:e2fsprogs
  dnsmasq:dnsmasq-base
  dropbear:dropbear-bin
  pkg-config:pkgconf
  /usr/include/libvirt/libvirt.h:libvirt-dev
)
LOG=results/install.log
# what apt and pip print when there is no network
UNREACHABLE='Temporary failure (in name resolution|resolving)|Name or service not known'
UNREACHABLE+='|Network is unreachable|No route to host|Connection refused|[Cc]onnection timed out'
UNREACHABLE+='|Could not resolve|Could not connect to'
EMULATOR=(qemu-system-x86 qemu-utils)
EMULATOR_SINCE=8 # QEMU's first version whose emulated processors run a kernel without a fault

say() {
  printf 'install: %s\n' "$*"
}

die() {
  printf 'error: %s\n' "$*" >&2
  exit 3
}

is_there() {
  case $1 in
    /*) [ -e "$1" ] ;;
    *.a) [[ $(gcc "-print-file-name=$1" 2>/dev/null) == */* ]] ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

can_make_venv() {
  "$1" -c 'import ensurepip, venv' 2>/dev/null
}

can_compile() {
  "$1" -c 'import pathlib, sys, sysconfig
sys.exit(not pathlib.Path(sysconfig.get_path("include"), "Python.h").exists())' 2>/dev/null
}

# The interpreter behind a name: not a version manager's script, and not that of a .venv, so that the
# answer is the same whatever comes first in PATH.
interpreter() {
  "$1" -c 'import os, sys; print(os.path.realpath(sys._base_executable))'
}

# The first Python that is new enough, those that can make a .venv before those that cannot.
find_python() {
  local candidate rest=
  for candidate in python3 python3.{14..11} /usr/bin/python3; do
    if ! candidate=$(command -v "$candidate") || ! new_enough "$candidate"; then
      continue
    fi
    candidate=$(interpreter "$candidate")
    if can_make_venv "$candidate"; then
      echo "$candidate"
      return
    fi
    rest=${rest:-$candidate}
  done
  echo "$rest"
}

missing_packages() {
  local need python
  for need in "$@"; do
    is_there "${need%%:*}" || echo "${need##*:}"
  done
  python=$(find_python)
  if [ -z "$python" ] || ! can_make_venv "$python"; then
    echo python3-venv
  fi
  if [[ " $* " == *:libvirt-dev* ]] && { [ -z "$python" ] || ! can_compile "$python"; }; then
    echo python3-dev
  fi
}

# try_thrice WHAT COMMAND...: three attempts, because mirrors and networks have bad moments. The output
# goes to LOG; if all attempts fail, one sentence says why.
try_thrice() {
  local what=$1 attempt
  shift
  for attempt in 1 2 3; do
    "$@" </dev/null >>"$LOG" 2>&1 && return
    [ "$attempt" = 3 ] || sleep $((attempt * 5))
  done
  die "$what could not be installed: $(reason)
  the whole output: $LOG"
}

# Why the last command failed: that there is no network, or its own last line.
reason() {
  local why
  why=$(grep --only-matching --extended-regexp "$UNREACHABLE" "$LOG" | tail -n 1)
  if [ -n "$why" ]; then
    echo "the network is needed for this, and a server is out of reach ($why)"
  else
    grep . "$LOG" | tail -n 1
  fi
}

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 --yes --no-install-recommends \
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 \
    -o Dpkg::Options::=--force-confold "$@"
}

install_packages() {
  local packages=("$@")
  command -v apt-get >/dev/null || die "this is no Debian; install what brings these: ${packages[*]}"
  [ "$(id -u)" = 0 ] || die "run this as root: apt-get install ${packages[*]}"
  say "Debian packages: ${packages[*]}"
  dpkg --configure -a # after an installation that was killed
  try_thrice "the list of Debian's packages" apt update
  try_thrice "${packages[*]}" apt install "${packages[@]}"
}

# Debian 12's QEMU spoils flags of emulated processors and panics one boot of fifteen; its backports
# have one that does not, and that is faster. apt looks there this once: its sources stay as they are.
install_emulator() {
  local version suite sources=/etc/apt/sources.list.d
  version=$(qemu-system-x86_64 --version | sed -n 's/^QEMU emulator version \([0-9]*\).*/\1/p')
  suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  if [ "$version" -ge "$EMULATOR_SINCE" ] || [ "$suite" != bookworm ]; then
    return
  fi
  say "QEMU of $suite-backports: version $version emulates with faults"
  (
    parts=$(mktemp -d)
    trap 'rm -rf "$parts"' EXIT
    find "$sources" \( -name '*.list' -o -name '*.sources' \) -exec ln -s -t "$parts" {} +
    echo "deb $(debian_mirror) $suite-backports main" >"$parts/labgen-backports.list"
    try_thrice "the list of backports" apt update -o "Dir::Etc::sourceparts=$parts"
    try_thrice "${EMULATOR[*]}" apt install -o "Dir::Etc::sourceparts=$parts" \
      --target-release "$suite-backports" "${EMULATOR[@]}"
  ) 2>/dev/null ||
    say "no QEMU of $suite-backports ($(reason)); emulated machines are slower, and not every boot succeeds"
}

# Where this host's own packages come from.
debian_mirror() {
  apt-get indextargets --format "\$(REPO_URI) \$(LABEL)" 'Created-By: Packages' |
    sed -n '0,/ Debian$/s/ Debian$//p'
}

# What .venv was made from; another pyproject.toml, place or Python makes it stale.
fingerprint() {
  { pwd && echo "$1" && cat pyproject.toml; } | sha256sum | cut -d ' ' -f 1
}

pip() {
  .venv/bin/python -m pip --quiet --disable-pip-version-check --no-input --retries 1 "$@"
}

install_venv() {
  local python=$1 wanted stamp=.venv/.installed
  wanted=$(fingerprint "$python")
  if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && .venv/bin/labgen --version >/dev/null 2>&1; then
    return
  fi
  say "labgen and its tools into .venv"
  if ! new_enough .venv/bin/python || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --clear .venv
  fi
  try_thrice "labgen's Python packages" pip install --editable '.[dev]'
  echo "$wanted" >"$stamp"
}

install_libvirt_python() {
  local version
  version=$(pkg-config --modversion libvirt)
  if .venv/bin/python -c 'import importlib.metadata, libvirt, sys, vagrant
sys.exit(importlib.metadata.version("libvirt-python") != sys.argv[1])' "$version" 2>/dev/null; then
    return
  fi
  say "Python's libvirt $version and vagrant"
  try_thrice "Python's libvirt" pip install "libvirt-python==$version" python-vagrant
}

main() {
  local missing python needs=("${NEEDS[@]}")
  mkdir -p "${LOG%/*}"
  : >"$LOG"
  if [ "${1:-}" = libvirt ]; then
    needs+=("${LIBVIRT_NEEDS[@]}")
  fi
  mapfile -t missing < <(missing_packages "${needs[@]}")
  if [ ${#missing[@]} -gt 0 ]; then
    install_packages "${missing[@]}"
    hash -r
  fi
  python=$(find_python)
  [ -n "$python" ] || die "Python 3.11 or newer is needed; Debian 12 and 13 have it"
  install_venv "$python"
  if [ "${1:-}" = libvirt ]; then
    install_emulator
    install_libvirt_python
  fi
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  main "$@"
fi
