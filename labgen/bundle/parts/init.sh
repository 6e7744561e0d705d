#!/bin/sh
# The initrd's /init, run by busybox: loads a few drivers, mounts root=, and starts its system.
# With the word labgen.probe on the kernel's command line it tells that the kernel boots, and powers off.

ROOT_DEADLINE=20 # seconds; emulated guests took less than one

# say TEXT: at once on every console, whatever its log level.
say() {
  echo "<1>labgen: $1" >/dev/kmsg
}

# give_up TEXT: nothing that runs can help a machine without a disk; powered off, it is seen to be down.
give_up() {
  say "$1"
  poweroff -f
}

# await_root DEVICE: drivers find their devices in the background.
await_root() {
  tries=0
  until [ -b "$1" ]; do
    [ "$tries" -lt $((ROOT_DEADLINE * 10)) ] || give_up "no $1 within $ROOT_DEADLINE s"
    tries=$((tries + 1))
    sleep 0.1
  done
}

mount -t devtmpfs dev /dev
mount -t proc proc /proc

root='' mode=ro
read -r line </proc/cmdline
for word in $line; do
  case $word in
    labgen.probe) say booted && poweroff -f ;;
    root=*) root=${word#root=} ;;
    rw | ro) mode=$word ;;
  esac
done
for module in /modules/*; do
  insmod "$module" || say "$module cannot be loaded"
done
await_root "$root"
mount -t ext4 -o "$mode" "$root" /root || give_up "$root cannot be mounted"
umount /proc
mount --move /dev /root/dev
exec switch_root /root /sbin/init
