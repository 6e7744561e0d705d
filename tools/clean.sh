#!/usr/bin/env bash
# Removes what tests left on this host and what was made in this checkout. The user's labs and the
# bundle stay, unless ALL=1 is given.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

first_python() {
  local candidate
  for candidate in .venv/bin/python python3 python3.{14..11}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
}

# The cache directory, as labgen itself finds it.
cache() {
  "$1" -c 'from labgen.system import places; print(places.cache())'
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

# podman's copies of a bundle's machine image.
remove_images() {
  local images
  if command -v podman >/dev/null; then
    mapfile -t images < <(podman image ls --quiet --filter "label=labgen.bundle=$1")
    if [ ${#images[@]} -gt 0 ]; then
      podman image rm --force "${images[@]}" >/dev/null
    fi
  fi
}

remove_all() {
  local python=$1 lab bundle
  if [ -x .venv/bin/labgen ]; then
    .venv/bin/labgen list | tail -n +2 | while read -r lab _; do
      .venv/bin/labgen down "$lab"
    done
  fi
  for bundle in "$(cache "$python")"/bundles/*/; do
    remove_images "${bundle%/}"
  done
  rm -rf "$(cache "$python")"/{bundles,disks,go}
}

main() {
  local python
  python=$(first_python)
  if [ -n "$python" ]; then
    "$python" -m tests.labs.sweep
    clear_workbenches "$python"
    if [ "${ALL:-}" = 1 ]; then
      remove_all "$python"
    fi
  fi
  rm -rf .venv .tox results .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
  find . -name __pycache__ -type d -prune -exec rm -rf {} +
}

main
