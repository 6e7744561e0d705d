# No space is left in /var, not even the blocks that its file system reserves for root. The blocks are
# allocated but not written, so that the disk image of a virtual machine does not grow.
FILLER=/var/.labgen-disk-full

disk_full::inject() {
  local offset=0 piece
  (umask 077 && : >>"$ROOT$FILLER")
  piece=$(($(stat --file-system --format='%f * %S' "$ROOT/var")))
  while ((piece >= 4096)); do
    if fallocate --offset="$offset" --length="$piece" "$ROOT$FILLER" 2>/dev/null; then
      offset=$((offset + piece))
    else
      piece=$((piece / 2)) # the file system needs some blocks for metadata
    fi
  done
  fault::effect
}

disk_full::heal() {
  if disk_full::is_active; then
    rm "$ROOT$FILLER"
    report::changed "/var has space again"
  else
    report::ok "/var has space"
  fi
}

disk_full::is_active() {
  [[ -e $ROOT$FILLER ]]
}
