#!/usr/bin/env bash
# Removes what tests and interrupted builds left on this host, and what was made in this checkout. The
# user's labs and the bundle stay, unless ALL=1 is given.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

LOCKED=75 # an exit code that Python does not use
CLEAR='import pathlib, sys
from labgen.bundle.engine import scratch
scratch.clear(pathlib.Path(sys.argv[1]))'

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

# labgen_path PYTHON state|cache: that directory, as labgen itself finds it.
labgen_path() {
  "$1" -c "from labgen.system import paths; print(paths.$2())"
}

# What interrupted builds left on disk and in memory; a build that is running keeps its own.
clear_scratch() {
  local bundle cache code
  cache=$(labgen_path "$1" cache)
  for bundle in "$cache"/bundles/*/; do
    bundle=${bundle%/}
    [ -d "$bundle" ] || continue
    code=0
    flock --nonblock --conflict-exit-code "$LOCKED" "$bundle.lock" "$1" -c "$CLEAR" "$bundle" || code=$?
    case $code in
      0) ;;
      "$LOCKED") echo "clean: a build of $bundle is running; its files stay" ;;
      *) return "$code" ;;
    esac
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
  labs=$(labgen_path "$1" state)/labs
  cache=$(labgen_path "$1" cache)
  for path in "$labs"/*/lab.json; do
    if [ -e "$path" ]; then
      [ -x .venv/bin/labgen ] || die "there are labs in $labs; run make install, which installs what takes them down"
      .venv/bin/labgen down "$(basename "$(dirname "$path")")"
    fi
  done
  for path in "$cache"/bundles/*/; do
    remove_images "label=labgen.bundle=${path%/}"
  done
  remove_images 'reference=localhost/labgen/bare'
  rm -rf "$cache"/{bundles,disks,go,tests,vagrant,warm,kvm.json}
}

main() {
  local python
  python=$(first_python)
  if [ -n "$python" ]; then
    "$python" -m tests.e2e.support.sweep
    clear_scratch "$python"
    if [ "${ALL:-}" = 1 ]; then
      remove_all "$python"
    fi
  fi
  rm -rf .venv .tox results .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
  find . -name __pycache__ -type d -prune -exec rm -rf {} +
}

main
