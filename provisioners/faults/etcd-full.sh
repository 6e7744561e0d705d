# etcd's database has used up its quota: it raises the alarm NOSPACE, and no member takes a write.
etcd_full::inject() {
  etcd::alarm ACTIVATE
  fault::effect
}

etcd_full::heal() {
  if etcd_full::is_active; then
    etcd::alarm DEACTIVATE
    report::changed "the alarm is off"
  else
    report::ok "no alarm"
  fi
}

etcd_full::is_active() {
  [[ $(etcd::ctl alarm list) == *NOSPACE* ]]
}

# etcd::alarm ACTION: etcdctl can only switch alarms off; etcd's own API switches them on as well.
etcd::alarm() {
  local own
  own=$(etcd::member https://127.0.0.1:2379)
  printf -v own '%u' "0x$own"
  curl --silent --show-error --fail --max-time 5 --cacert "$ETCD_PKI/ca.crt" \
    --cert "$ETCD_PKI/healthcheck-client.crt" --key "$ETCD_PKI/healthcheck-client.key" \
    --data "{\"action\": \"$1\", \"memberID\": \"$own\", \"alarm\": \"NOSPACE\"}" \
    https://127.0.0.1:2379/v3/maintenance/alarm >/dev/null
}
