# phases/seal.sh: a file system becomes an image: nothing in it belongs to one machine only.
phase::seal() {
  # The phase load-balancer enables them on control planes; Debian does on every machine.
  service::disable haproxy
  service::disable keepalived
  service::enable ssh
  case ${MACHINE_IMAGE:-} in
    container) seal::container ;;
    vm) seal::vm ;;
  esac
  apt-get clean
  rm -rf "$ROOT"/etc/ssh/ssh_host_* "$ROOT"/var/lib/apt/lists/* "$ROOT"/var/cache/apt/*.bin \
    "$ROOT"/var/lib/dbus/machine-id "$ROOT"/run/labgen
  find "$ROOT/var/log" -type f -delete
  # Empty, not absent: systemd makes a new one at boot without calling it a first boot, which would
  # enable every service again.
  : >"$ROOT/etc/machine-id"
  # ldconfig, sysusers, the journal's catalog: done here, not by every machine at its boot.
  touch "$ROOT/etc/.updated" "$ROOT/var/.updated"
  report::ok "sealed"
}

# seal::container: a machine-container has no hardware, and its provider brings keys and network.
seal::container() {
  seal::ssh container
  seal::systemd
  service::mask \
    systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket \
    systemd-udev-trigger.service systemd-udev-settle.service \
    systemd-networkd.service systemd-networkd.socket \
    systemd-modules-load.service systemd-random-seed.service systemd-logind.service \
    systemd-remount-fs.service systemd-journal-flush.service \
    dev-hugepages.mount dev-mqueue.mount sys-kernel-config.mount sys-kernel-debug.mount \
    sys-kernel-tracing.mount sys-fs-fuse-connections.mount
}

# seal::vm: a virtual machine has one disk, /dev/vda, and one interface, eth0; its hypervisor gives the
# address by DHCP and root's key as a credential of systemd. logind heeds the power button.
seal::vm() {
  seal::ssh vm
  file::install "$FILES/fstab-vm" /etc/fstab
  file::install "$FILES/eth0-vm.network" /etc/systemd/network/20-labgen.network
  file::install "$FILES/networkd-vm.conf" /etc/systemd/networkd.conf.d/labgen.conf
  service::enable systemd-networkd
  seal::systemd
  # Those of the host that made the image.
  file::remove /etc/hostname /etc/resolv.conf
}

# seal::systemd: without what no machine of a lab needs: logins at a console, package updates, care
# for disks that live for years.
seal::systemd() {
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

# seal::ssh KIND: logging in as root, with keys only; where those come from depends on KIND.
seal::ssh() {
  file::install "$FILES/sshd.conf" /etc/ssh/sshd_config.d/10-labgen.conf
  file::install "$FILES/sshd-$1.conf" /etc/ssh/sshd_config.d/10-labgen-keys.conf
  seal::no_penalties
  service::unit "$FILES/ssh-$1.conf" /etc/systemd/system/ssh.service.d/labgen.conf
}

# seal::no_penalties: OpenSSH 9.8 and later shut out for 15 s an address that connects without
# logging in, which is what waiting for a machine's port looks like. Older ones know no such option.
seal::no_penalties() {
  local file=$ROOT/etc/ssh/sshd_config.d/11-labgen-penalties.conf
  if sshd -G -o PerSourcePenalties=no >/dev/null 2>&1; then
    printf 'PerSourcePenalties no\n' >"$file"
  fi
}
