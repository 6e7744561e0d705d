# Container images in containerd's namespace for Kubernetes.

# image::missing REF...: those that containerd does not have, one per line.
image::missing() {
  local list ref
  list=$(ctr --namespace k8s.io images list --quiet)
  for ref in "$@"; do
    [[ $'\n'$list$'\n' == *$'\n'"$ref"$'\n'* ]] || printf '%s\n' "$ref"
  done
}

# image::import ARCHIVE: every image of the archive.
image::import() {
  ctr --namespace k8s.io images import --all-platforms=false "$1"
  report::changed "images of ${1##*/}"
}
