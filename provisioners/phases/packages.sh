# phases/packages.sh: the Debian packages that every machine needs.
phase::packages() {
  local wanted=(
    dbus kmod util-linux procps hostname ca-certificates curl openssl jq
    iproute2 iptables nftables conntrack ethtool socat iputils-ping netcat-openbsd
    containerd runc containernetworking-plugins
  )
  # Existing machines have an init system and an SSH server already.
  if [[ -n ${MACHINE_IMAGE:-} ]]; then
    wanted+=(systemd systemd-sysv udev openssh-server less)
  fi
  # An image is used for both roles and has no ROLE; an existing worker needs no load balancer.
  if [[ ${ROLE:-} != worker ]]; then
    wanted+=(haproxy keepalived)
  fi
  pkg::ensure "${wanted[@]}"
}
