# phases/join.sh: this machine in the cluster, as control plane or worker: its kubeadm.yaml tells.
phase::join() {
  if cluster::finished join; then
    service::run kubelet
    report::ok "member of the cluster"
    return
  fi
  file::exists "$PAYLOAD/kubeadm.yaml"
  cluster::reset
  kubeadm join --config "$PAYLOAD/kubeadm.yaml"
  cluster::finish join
  report::changed "member of the cluster"
}
