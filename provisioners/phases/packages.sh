# phases/packages.sh: the Debian packages that a machine consists of.
phase::packages() {
  local wanted=(
    dbus kmod util-linux procps hostname ca-certificates curl openssl jq
    iproute2 iptables nftables conntrack ethtool socat iputils-ping netcat-openbsd
    containerd runc containernetworking-plugins
  )
  # Machines that are there already boot and answer on SSH without help.
  if [[ -n ${MACHINE_IMAGE:-} ]]; then
    wanted+=(systemd systemd-sysv udev openssh-server less)
  fi
  # One image is for all; on a machine of someone's own is only what it needs.
  if [[ ${ROLE:-} != worker ]]; then
    wanted+=(haproxy keepalived)
  fi
  pkg::ensure "${wanted[@]}"
}
