#!/bin/bash
# Facts about a machine of a cluster that labgen did not build, in lines of `WORD VALUE...`: inspect.sh
#
# It reads files and asks systemd and iproute2; nothing is changed, and no packet is sent. Of HAProxy's
# configuration only lines without secrets are told.
export LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
HAPROXY=/etc/haproxy/haproxy.cfg
TOLD='^[[:space:]]*(global|defaults|frontend|backend|listen|bind|server|default_backend|use_backend|stats[[:space:]]+socket)([[:space:]]|$)'

look::addresses() {
  local name address
  while read -r _ name _ address _; do
    printf 'address %s %s\n' "$name" "${address%%/*}"
  done < <(ip -o -4 address show)
}

look::kubernetes() {
  local path
  for path in /etc/kubernetes/manifests/*.yaml /etc/kubernetes/manifests/*.yml; do
    [[ ! -e $path ]] || printf 'manifest %s\n' "${path##*/}"
  done
  [[ ! -e /etc/kubernetes/admin.conf ]] || printf 'admin.conf there\n'
  pidof kube-apiserver >/dev/null && printf 'runs kube-apiserver\n'
}

# look::keepalived: whether it is a service here, and the addresses that its configuration names.
look::keepalived() {
  local address
  if systemctl --quiet is-enabled keepalived 2>/dev/null || systemctl --quiet is-active keepalived 2>/dev/null; then
    printf 'service keepalived\n'
  fi
  while read -r address; do
    printf 'keeps %s\n' "$address"
  done < <(grep -rhoE '([0-9]{1,3}\.){3}[0-9]{1,3}' /etc/keepalived 2>/dev/null | sort -u)
}

look::haproxy() {
  local line
  while read -r line; do
    printf 'haproxy %s\n' "$line"
  done < <(grep -E "$TOLD" "$HAPROXY" 2>/dev/null)
}

look::all() {
  look::addresses
  look::kubernetes
  look::keepalived
  look::haproxy
  printf 'end\n'
}

look::all
