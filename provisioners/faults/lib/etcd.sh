# etcd as its members see it.

ETCD_PKI=$ROOT/etc/kubernetes/pki/etcd

# etcd::ctl WORD...: asks this machine's member.
etcd::ctl() {
  etcd::ctl_at https://127.0.0.1:2379 "$@"
}

# etcd::ctl_at ENDPOINTS WORD...
etcd::ctl_at() {
  etcdctl --cacert="$ETCD_PKI/ca.crt" --cert="$ETCD_PKI/healthcheck-client.crt" \
    --key="$ETCD_PKI/healthcheck-client.key" --command-timeout=5s --endpoints="$1" "${@:2}"
}

# etcd::others: the endpoints of all members but this machine's.
etcd::others() {
  local pair endpoints=()
  for pair in $CONTROL_PLANES; do
    if [[ ${pair#*=} != "$ADDRESS" ]]; then
      endpoints+=("https://${pair#*=}:2379")
    fi
  done
  local IFS=,
  printf '%s' "${endpoints[*]}"
}

# etcd::member ENDPOINTS: this machine's member in hexadecimal; nothing when there is none.
etcd::member() {
  etcd::ctl_at "$1" --write-out=simple member list |
    awk -F ', ' -v url="https://$ADDRESS:2380" '$4 == url { print $1 }'
}

# etcd::end: no etcd runs on this machine, and the kubelet starts none.
etcd::end() {
  static_pod::end etcd
  wait::until 10 "the end of etcd" etcd::ended
}

etcd::ended() {
  ! pgrep --exact etcd
}
