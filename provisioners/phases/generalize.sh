# phases/generalize.sh: turn a file system into an image, without anything that identifies one machine.
phase::generalize() {
  # Debian enables them on every machine. The phase load-balancer enables them on control planes.
  service::disable haproxy
  service::disable keepalived
  service::enable ssh
  case ${MACHINE_IMAGE:-} in
    container) generalize::container ;;
    vm) generalize::vm ;;
  esac
  apt-get clean
  rm -rf "$ROOT"/etc/ssh/ssh_host_* "$ROOT"/var/lib/apt/lists/* "$ROOT"/var/cache/apt/*.bin \
    "$ROOT"/var/lib/dbus/machine-id "$ROOT"/run/labgen
  find "$ROOT/var/log" -type f -delete
  # Empty, not absent: systemd then generates an ID without treating the boot as the first one, which
  # would enable every service again.
  : >"$ROOT/etc/machine-id"
  # These stamps keep ldconfig, sysusers and the journal's catalog from being updated at each boot.
  touch "$ROOT/etc/.updated" "$ROOT/var/.updated"
  report::ok "generalized"
}

# generalize::container: a system container has no hardware; its provider sets up keys and network.
generalize::container() {
  generalize::ssh container
  generalize::systemd
  service::mask \
    systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket \
    systemd-udev-trigger.service systemd-udev-settle.service \
    systemd-networkd.service systemd-networkd.socket \
    systemd-modules-load.service systemd-random-seed.service systemd-logind.service \
    systemd-remount-fs.service systemd-journal-flush.service \
    dev-hugepages.mount dev-mqueue.mount sys-kernel-config.mount sys-kernel-debug.mount \
    sys-kernel-tracing.mount sys-fs-fuse-connections.mount
}

# generalize::vm: a virtual machine has one disk, /dev/vda, and one interface, eth0. Its hypervisor
# assigns the address by DHCP and passes root's SSH key as a systemd credential. logind stays enabled,
# for the power button.
generalize::vm() {
  generalize::ssh vm
  file::install "$FILES/fstab-vm" /etc/fstab
  file::install "$FILES/eth0-vm.network" /etc/systemd/network/20-labgen.network
  file::install "$FILES/networkd-vm.conf" /etc/systemd/networkd.conf.d/labgen.conf
  service::enable systemd-networkd
  generalize::systemd
  # They describe the host that built the image.
  file::remove /etc/hostname /etc/resolv.conf
}

# generalize::systemd: mask what no machine of a lab needs: console logins, package updates and disk
# maintenance.
generalize::systemd() {
  file::install "$FILES/manager.conf" /etc/systemd/system.conf.d/labgen.conf
  service::mask \
    systemd-hwdb-update.service systemd-resolved.service systemd-network-generator.service \
    systemd-timesyncd.service systemd-pstore.service systemd-binfmt.service \
    systemd-firstboot.service systemd-sysusers.service systemd-machine-id-commit.service \
    systemd-update-utmp.service systemd-update-utmp-runlevel.service \
    systemd-ask-password-console.path systemd-ask-password-wall.path \
    proc-sys-fs-binfmt_misc.automount \
    getty.target getty-static.service console-getty.service \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer \
    systemd-tmpfiles-clean.timer \
    e2scrub_all.timer e2scrub_reap.service motd-news.timer
}

# generalize::ssh KIND: allow root to log in with keys only. KIND decides where the keys come from.
generalize::ssh() {
  file::install "$FILES/sshd.conf" /etc/ssh/sshd_config.d/10-labgen.conf
  file::install "$FILES/sshd-$1.conf" /etc/ssh/sshd_config.d/10-labgen-keys.conf
  generalize::no_penalties
  service::unit "$FILES/ssh-$1.conf" /etc/systemd/system/ssh.service.d/labgen.conf
}

# generalize::no_penalties: OpenSSH 9.8 and later refuse an address for 15 s after it has connected
# without logging in, as labgen does while it waits for a machine's port. Older versions do not know the
# option.
generalize::no_penalties() {
  local file=$ROOT/etc/ssh/sshd_config.d/11-labgen-penalties.conf
  if sshd -G -o PerSourcePenalties=no >/dev/null 2>&1; then
    printf 'PerSourcePenalties no\n' >"$file"
  fi
}
