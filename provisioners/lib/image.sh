# Container images in the store of the lab's runtime. RUNTIME is containerd, docker or cri-o.

# image::missing REF...: print each REF that the runtime does not have, one per line.
image::missing() {
  local list ref
  list=$(image::list)
  for ref in "$@"; do
    [[ $'\n'$list$'\n' == *$'\n'"$ref"$'\n'* ]] || printf '%s\n' "$ref"
  done
}

image::list() {
  local known=$ROOT/var/lib/containers/storage/overlay-images/images.json
  case ${RUNTIME:-containerd} in
    docker) docker image list --format '{{.Repository}}:{{.Tag}}' ;;
    cri-o) [[ ! -f $known ]] || jq --raw-output '.[].names[]?' "$known" ;;
    *) ctr --namespace k8s.io images list --quiet ;;
  esac
}

# image::import ARCHIVE: import every image of the archive.
image::import() {
  case ${RUNTIME:-containerd} in
    docker) docker image load --quiet --input "$1" >&2 ;;
    cri-o) image::copy "$1" ;;
    *) ctr --namespace k8s.io images import --all-platforms=false "$1" ;;
  esac
  report::changed "images of ${1##*/}"
}

# image::copy ARCHIVE: copy its images into CRI-O's store; CRI-O itself has no import command.
image::copy() {
  local ref
  while read -r ref; do
    STORAGE_DRIVER=overlay skopeo --insecure-policy copy --quiet \
      "docker-archive:$1:$ref" "containers-storage:$ref"
  done < <(tar --extract --to-stdout --file "$1" manifest.json | jq --raw-output '.[].RepoTags[]')
}
