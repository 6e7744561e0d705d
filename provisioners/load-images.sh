#!/bin/bash
# Import an archive of container images into this machine's container runtime, and remove the archive:
# load-images.sh RUNTIME KIND ARCHIVE NAME...
#
# RUNTIME is containerd, docker or cri-o. KIND is docker-archive or oci-archive. The NAMEs are those of
# the images in the archive.
set -Eeuo pipefail
shopt -s inherit_errexit

HERE=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
ROOT=${LABGEN_ROOT:-}
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C
RUNTIME=$1
kind=$2
archive=$3
shift 3
trap 'rm -f "$archive"' EXIT

source "$HERE/lib/report.sh"
source "$HERE/lib/image.sh"

# copy_oci ARCHIVE REF...: copy these images of an OCI archive into CRI-O's store.
copy_oci() {
  local archive=$1 ref
  shift
  for ref in "$@"; do
    STORAGE_DRIVER=overlay skopeo --insecure-policy copy --quiet \
      "oci-archive:$archive:$ref" "containers-storage:$ref"
  done
}

if [[ $RUNTIME == cri-o && $kind == oci-archive ]]; then
  copy_oci "$archive" "$@"
else
  image::import "$archive"
fi
