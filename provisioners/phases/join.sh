# phases/join.sh: join this machine to the cluster as kubeadm.yaml says: as control plane or worker.
phase::join() {
  local restarter
  if cluster::finished join; then
    service::run kubelet
    report::ok "member of the cluster"
    return
  fi
  file::exists "$PAYLOAD/kubeadm.yaml"
  cluster::reset
  certificates::take
  join::restart_kubelet &
  restarter=$!
  cluster::kubeadm join --config "$PAYLOAD/kubeadm.yaml"
  kill "$restarter" 2>/dev/null || true
  wait "$restarter" || true
  cluster::finish join
  report::changed "member of the cluster"
}

# join::restart_kubelet: restart a joining control plane's kubelet when its API server answers.
# The kubelet connects to its own API server only, which answers once etcd has added the new member. By
# then the kubelet retries only every seven seconds; after a restart it connects immediately. On a
# worker no API server ever answers here. The loop ends with the run, whose lock and output it inherits.
join::restart_kubelet() {
  grep --quiet '^controlPlane:' "$PAYLOAD/kubeadm.yaml" || return 0
  until cluster::api_listens && cluster::api_answers; do
    sleep 0.3
    kill -0 $$ || return 0
  done >/dev/null 2>&1
  systemctl restart kubelet
}
