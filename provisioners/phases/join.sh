# phases/join.sh: this machine in the cluster, as control plane or worker: its kubeadm.yaml tells.
phase::join() {
  local hurrying
  if cluster::finished join; then
    service::run kubelet
    report::ok "member of the cluster"
    return
  fi
  file::exists "$PAYLOAD/kubeadm.yaml"
  cluster::reset
  certificates::take
  join::hurry &
  hurrying=$!
  cluster::kubeadm join --config "$PAYLOAD/kubeadm.yaml"
  kill "$hurrying" 2>/dev/null || true
  wait "$hurrying" || true
  cluster::finish join
  report::changed "member of the cluster"
}

# join::hurry: a joining control plane's kubelet knows no API server but its own, which answers only
# once etcd has taken the new member in. By then the kubelet tries every seven seconds; started anew,
# it tries at once. On a worker nothing ever answers here. Ends with the run, however that ends: it
# holds the run's lock and output.
join::hurry() {
  grep --quiet '^controlPlane:' "$PAYLOAD/kubeadm.yaml" || return 0
  until cluster::api_listens && cluster::api_answers; do
    sleep 0.3
    kill -0 $$ || return 0
  done >/dev/null 2>&1
  systemctl restart kubelet
}
