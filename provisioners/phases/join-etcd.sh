# phases/join-etcd.sh: add this machine's member to etcd, wait until it has a vote, and let the
# other components start. etcd has one learner at a time, so only one machine may run this phase.
phase::join_etcd() {
  if cluster::finished join; then
    report::ok "etcd member"
    return
  fi
  file::exists "$PAYLOAD/kubeadm.yaml"
  cluster::kubeadm join phase etcd-join --config "$PAYLOAD/kubeadm.yaml"
  mv "$ROOT$CLUSTER_NOTES"/manifests/*.yaml "$ROOT/etc/kubernetes/manifests/"
  report::changed "etcd member"
}
