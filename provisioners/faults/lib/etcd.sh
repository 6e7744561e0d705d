# Queries and commands to etcd.

ETCD_PKI=$ROOT/etc/kubernetes/pki/etcd

# etcd::ctl ARGUMENT...: run etcdctl on this machine's member.
etcd::ctl() {
  etcd::ctl_at https://127.0.0.1:2379 "$@"
}

# etcd::ctl_at ENDPOINTS ARGUMENT...: run etcdctl on other members.
etcd::ctl_at() {
  etcdctl --cacert="$ETCD_PKI/ca.crt" --cert="$ETCD_PKI/healthcheck-client.crt" \
    --key="$ETCD_PKI/healthcheck-client.key" --command-timeout=5s --endpoints="$1" "${@:2}"
}

# etcd::others: print the endpoints of all members except this machine's.
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

# etcd::member ENDPOINTS: print the ID of this machine's member in hexadecimal, or nothing.
etcd::member() {
  etcd::ctl_at "$1" --write-out=simple member list |
    awk -F ', ' -v url="https://$ADDRESS:2380" '$4 == url { print $1 }'
}

# etcd::stop: end this machine's etcd and keep the kubelet from starting it again.
etcd::stop() {
  static_pod::stop etcd
  wait::until 10 "the end of etcd" etcd::has_ended
}

etcd::has_ended() {
  ! pgrep --exact etcd
}
