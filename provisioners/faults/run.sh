#!/bin/bash
# Faults of this machine, each with its undo: run.sh inject FAULT [SECONDS] | heal FAULT | holds FAULT
#
# inject says `effect TIME` (seconds since 1970) when it has taken effect; with SECONDS this machine
# heals itself after them, whoever has died by then. heal says `changed SUBJECT` for what it undid;
# it may run at any time, also where nothing or half of a fault is there. holds looks: exit 4 is no.
# Exit 3: this machine cannot do that. Otherwise the last line on stderr is `error: ...`.
# All notes lie in /run, so that a boot forgets them with what they stand for.
# LABGEN_ROOT is put before every path (tests).
set -Eeuo pipefail
shopt -s inherit_errexit

HERE=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
ROOT=${LABGEN_ROOT:-}
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C

source "$HERE/../lib/report.sh"
source "$HERE/../lib/wait.sh"
source "$HERE/lib/fault.sh"
source "$HERE/lib/held.sh"
source "$HERE/lib/timer.sh"
source "$HERE/lib/cut.sh"
source "$HERE/lib/static-pod.sh"
source "$HERE/lib/etcd.sh"

source "$HERE/keepalived-stopped.sh"
source "$HERE/keepalived-killed.sh"
source "$HERE/haproxy-killed.sh"
source "$HERE/api-server-killed.sh"
source "$HERE/api-server-stopped.sh"
source "$HERE/kubelet-stopped.sh"
source "$HERE/containerd-stopped.sh"
source "$HERE/etcd-paused.sh"
source "$HERE/etcd-wiped.sh"
source "$HERE/etcd-full.sh"
source "$HERE/partition.sh"
source "$HERE/partition-in.sh"
source "$HERE/partition-out.sh"
source "$HERE/partition-clients.sh"
source "$HERE/packet-loss.sh"
source "$HERE/cpu-hog.sh"
source "$HERE/disk-full.sh"

trap 'report::error_at "${BASH_SOURCE[0]#"$HERE"/}" "$LINENO" "$BASH_COMMAND" "$?"' ERR

fault::check "$@"
FAULT=$2
fault::read_facts
fault::lock
fault::"$1" "${@:2}"
