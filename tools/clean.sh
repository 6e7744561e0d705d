#!/usr/bin/env bash
# Removes what tests left on this host and what was made in this checkout. The user's labs and the
# bundle stay, unless ALL=1 is given.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

first_python() {
  local candidate
  for candidate in .venv/bin/python python3 python3.{14..11}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
}

# The directory "state" or "cache", as labgen itself finds it.
place() {
  "$1" -c "from labgen.system import places; print(places.$2())"
}

# What interrupted builds left on disk and in memory; a build under way keeps what is its own.
clear_workbenches() {
  local bundle
  for bundle in "$(cache "$1")"/bundles/*/; do
    bundle=${bundle%/}
    [ -d "$bundle" ] || continue
    flock --nonblock "$bundle.lock" "$1" -c 'import pathlib, sys; from labgen.bundle import workbench
workbench.clear(pathlib.Path(sys.argv[1]))' "$bundle" || echo "clean: a build of $bundle is under way"
  done
}

# podman's copies of images, by a filter of its own.
remove_images() {
  local images
  if command -v podman >/dev/null; then
    mapfile -t images < <(podman image ls --quiet --filter "$1")
    if [ ${#images[@]} -gt 0 ]; then
      podman image rm --force "${images[@]}" >/dev/null
    fi
  fi
}

remove_all() {
  local labs cache path
  labs=$(place "$1" state)/labs
  cache=$(place "$1" cache)
  for path in "$labs"/*/lab.json; do
    if [ -e "$path" ]; then
      [ -x .venv/bin/labgen ] || die "labs are in $labs; make install brings what takes them down"
      .venv/bin/labgen down "$(basename "$(dirname "$path")")"
    fi
  done
  for path in "$cache"/bundles/*/; do
    remove_images "label=labgen.bundle=${path%/}"
  done
  remove_images 'reference=localhost/labgen/bare'
  rm -rf "$cache"/{bundles,disks,go,tests,vagrant,kvm.json}
}

main() {
  local python
  python=$(first_python)
  if [ -n "$python" ]; then
    "$python" -m tests.e2e.support.sweep
    clear_workbenches "$python"
    if [ "${ALL:-}" = 1 ]; then
      remove_all "$python"
    fi
  fi
  rm -rf .venv .tox results .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
  find . -name __pycache__ -type d -prune -exec rm -rf {} +
}

main
