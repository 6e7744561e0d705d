# etcd behaves as if its database had reached the quota: with the alarm NOSPACE, no member accepts writes.
etcd_full::inject() {
  etcd::alarm ACTIVATE
  fault::effect
}

etcd_full::heal() {
  if etcd_full::is_active; then
    etcd::alarm DEACTIVATE
    report::changed "alarm NOSPACE disarmed"
  else
    report::ok "no alarm"
  fi
}

etcd_full::is_active() {
  [[ $(etcd::ctl alarm list) == *NOSPACE* ]]
}

# etcd::alarm ACTION: etcdctl can only disarm alarms; etcd's API can also raise them.
etcd::alarm() {
  local own
  own=$(etcd::member https://127.0.0.1:2379)
  printf -v own '%u' "0x$own"
  curl --silent --show-error --fail --max-time 5 --cacert "$ETCD_PKI/ca.crt" \
    --cert "$ETCD_PKI/healthcheck-client.crt" --key "$ETCD_PKI/healthcheck-client.key" \
    --data "{\"action\": \"$1\", \"memberID\": \"$own\", \"alarm\": \"NOSPACE\"}" \
    https://127.0.0.1:2379/v3/maintenance/alarm >/dev/null
}
