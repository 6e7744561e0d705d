# phases/packages.sh: the Debian packages that a machine consists of.
phase::packages() {
  pkg::ensure \
    systemd systemd-sysv dbus udev kmod util-linux procps hostname \
    openssh-server ca-certificates curl openssl jq less \
    iproute2 iptables nftables conntrack ethtool socat iputils-ping netcat-openbsd \
    containerd runc containernetworking-plugins \
    haproxy keepalived
}
