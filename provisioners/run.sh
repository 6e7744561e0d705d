#!/bin/bash
# Run phases on this machine, in the order given: run.sh PHASE...
#
# It prints `changed SUBJECT` or `ok SUBJECT` for everything it inspects. Exit status 0 means that all
# phases have succeeded, 2 is a usage error. On failure the last line on stderr is `error: ...`.
# Tests set LABGEN_ROOT, a prefix of every path. PAYLOAD and BUNDLE replace the default directories.
set -Eeuo pipefail
shopt -s inherit_errexit

HERE=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
ROOT=${LABGEN_ROOT:-}
PAYLOAD=${PAYLOAD:-$ROOT/etc/labgen/payload}
BUNDLE=${BUNDLE:-$ROOT/opt/labgen/bundle}
FILES=$HERE/files
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# Matched messages and the sort order must not depend on the login's locale.
export LC_ALL=C
# Debian updates SysV links for each enabled unit with a slow Perl program. Nothing here reads them.
export SYSTEMCTL_SKIP_SYSV=1

source "$HERE/lib/report.sh"
source "$HERE/lib/phase.sh"
source "$HERE/lib/record.sh"
source "$HERE/lib/wait.sh"
source "$HERE/lib/file.sh"
source "$HERE/lib/service.sh"
source "$HERE/lib/kernel.sh"
source "$HERE/lib/pkg.sh"
source "$HERE/lib/cluster.sh"
source "$HERE/lib/image.sh"
source "$HERE/lib/certificates.sh"
source "$HERE/lib/restore.sh"

source "$HERE/phases/snapshot-state.sh"
source "$HERE/phases/packages.sh"
source "$HERE/phases/kernel.sh"
source "$HERE/phases/identity.sh"
source "$HERE/phases/containerd.sh"
source "$HERE/phases/runtime-packages.sh"
source "$HERE/phases/docker.sh"
source "$HERE/phases/cri-o.sh"
source "$HERE/phases/kubernetes.sh"
source "$HERE/phases/images.sh"
source "$HERE/phases/load-balancer.sh"
source "$HERE/phases/control-plane-init.sh"
source "$HERE/phases/coredns.sh"
source "$HERE/phases/cni.sh"
source "$HERE/phases/reset.sh"
source "$HERE/phases/join-control-plane.sh"
source "$HERE/phases/join.sh"
source "$HERE/phases/join-secrets.sh"
source "$HERE/phases/uninstall.sh"
source "$HERE/phases/generalize.sh"

trap 'report::error_at "${BASH_SOURCE[0]#"$HERE"/}" "$LINENO" "$BASH_COMMAND" "$?"' ERR

phase::read_environment
for phase in "$@"; do
  phase::check "$phase"
done
phase::lock
for phase in "$@"; do
  "phase::${phase//-/_}"
done
