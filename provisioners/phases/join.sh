# phases/join.sh: join this machine to the cluster as kubeadm.yaml says. A worker joins in one run of
# kubeadm. A control plane has started its components and added its etcd member in the phases
# join-control-plane and join-etcd.
phase::join() {
  if cluster::finished join; then
    service::run kubelet
    report::ok "member of the cluster"
    return
  fi
  file::exists "$PAYLOAD/kubeadm.yaml"
  if join::is_control_plane; then
    join::rest
  else
    cluster::reset
    cluster::kubeadm join --config "$PAYLOAD/kubeadm.yaml"
  fi
  cluster::finish join
  report::changed "member of the cluster"
}

join::is_control_plane() {
  grep --quiet '^controlPlane:' "$PAYLOAD/kubeadm.yaml"
}

# join::rest: finish the join of a control plane whose etcd member has a vote. From now on its kubelet
# connects to its own API server only, as kubeadm wants it.
join::rest() {
  local own
  # labgen ends the phase earlier; only slow machines have that long
  wait::until 1200 "this machine's API server is ready" cluster::api_answers
  wait::until 1200 "the kubelet has its certificate" test -s "$ROOT/etc/kubernetes/kubelet.conf"
  own=$(<"$ROOT$CLUSTER_NOTES/own-server")
  cluster::set_server "$ROOT/etc/kubernetes/kubelet.conf" "$own"
  systemctl restart kubelet
  cluster::kubeadm join --config "$PAYLOAD/kubeadm.yaml" \
    --skip-phases=preflight,control-plane-prepare,kubelet-start,etcd-join
}
