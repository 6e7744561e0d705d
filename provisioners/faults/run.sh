#!/bin/bash
# Inject and heal faults on this machine:
# run.sh inject FAULT [SECONDS] | heal FAULT | is-active FAULT
#
# inject prints `effect TIME` (seconds since 1970) when the fault takes effect. With SECONDS, this
# machine's own timer heals it after that time, even if labgen is gone by then.
# heal prints `changed SUBJECT` for everything that it undoes. It may run in any state, also when a fault
# is absent or partly injected.
# is-active is read-only; exit status 4 means no.
# Exit status 3 means that this machine cannot have the fault, 2 is a usage error. After any failure, the
# last line on stderr is `error: ...`.
# State is kept in /run, which a boot clears as it ends the fault. Tests set LABGEN_ROOT, a prefix of
# every path.
set -Eeuo pipefail
shopt -s inherit_errexit

HERE=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
ROOT=${LABGEN_ROOT:-}
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C

source "$HERE/../lib/report.sh"
source "$HERE/../lib/wait.sh"
source "$HERE/lib/fault.sh"
source "$HERE/lib/timer.sh"
source "$HERE/lib/unit-block.sh"
source "$HERE/lib/process.sh"
source "$HERE/lib/static-pod.sh"
source "$HERE/lib/packet-filter.sh"
source "$HERE/lib/etcd.sh"

source "$HERE/containerd-stopped.sh"
source "$HERE/etcd-wiped.sh"
source "$HERE/etcd-full.sh"
source "$HERE/cpu-hog.sh"
source "$HERE/disk-full.sh"

trap 'report::error_at "${BASH_SOURCE[0]#"$HERE"/}" "$LINENO" "$BASH_COMMAND" "$?"' ERR

fault::check "$@"
fault::read_facts
fault::lock
fault::"${1//-/_}" "${@:3}"
