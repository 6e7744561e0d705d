#!/bin/sh
# chroot.sh ROOT COMMAND...: run COMMAND in the file system ROOT, with /dev, and with a /proc that
# changes nothing on the host. Started by unshare: every mount here ends with the process.
set -eu
root=$1
shift
mount --rbind /dev "$root/dev"
mount -t proc -o ro proc "$root/proc"
exec chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
