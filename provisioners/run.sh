#!/bin/bash
# Runs phases on this machine, in the order given: run.sh PHASE...
#
# Says `changed SUBJECT` or `ok SUBJECT` for everything it looks at. Exit 0: all phases hold.
# Otherwise the last line on stderr is `error: ...`; 2 is a wrong call.
# LABGEN_ROOT is put before every path (tests), PAYLOAD and BUNDLE replace their default places.
set -Eeuo pipefail
shopt -s inherit_errexit

HERE=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
ROOT=${LABGEN_ROOT:-}
PAYLOAD=${PAYLOAD:-$ROOT/etc/labgen/payload}
BUNDLE=${BUNDLE:-$ROOT/opt/labgen/bundle}
FILES=$HERE/files
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# Messages that are matched, and sort order, must not depend on who logs in.
export LC_ALL=C
# Debian keeps SysV links in step with enabled units, by a Perl program; nothing here reads them.
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

source "$HERE/phases/remember.sh"
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
source "$HERE/phases/join.sh"
source "$HERE/phases/join-secrets.sh"
source "$HERE/phases/take-off.sh"
source "$HERE/phases/seal.sh"

trap 'report::error_at "${BASH_SOURCE[0]#"$HERE"/}" "$LINENO" "$BASH_COMMAND" "$?"' ERR

phase::read_environment
for phase in "$@"; do
  phase::check "$phase"
done
phase::lock
for phase in "$@"; do
  "phase::${phase//-/_}"
done
