# phases/join.sh: join this worker to the cluster as kubeadm.yaml says.
phase::join() {
  if cluster::finished join; then
    service::run kubelet
    report::ok "member of the cluster"
    return
  fi
  file::exists "$PAYLOAD/kubeadm.yaml"
  cluster::reset
  cluster::kubeadm join --config "$PAYLOAD/kubeadm.yaml"
  cluster::finish join
  report::changed "member of the cluster"
}
