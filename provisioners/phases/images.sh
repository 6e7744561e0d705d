# phases/images.sh: import the lab's container images into the runtime; nothing is ever pulled.
# needs: IMAGES
phase::images() {
  local refs missing archive ref
  read -r -a refs <<<"$IMAGES"
  missing=$(image::missing "${refs[@]}")
  if [[ -z $missing ]]; then
    report::ok "${#refs[@]} images"
    return
  fi
  for ref in $missing; do
    record::note images "$ref" ''
  done
  for archive in "$BUNDLE"/images/*.tar; do
    [[ -f $archive ]] || report::fail "images missing: ${missing//$'\n'/ }; no archive in $BUNDLE/images"
    image::import "$archive"
  done
  missing=$(image::missing "${refs[@]}")
  [[ -z $missing ]] ||
    report::fail "images missing after the import of $BUNDLE/images: ${missing//$'\n'/ }"
}
