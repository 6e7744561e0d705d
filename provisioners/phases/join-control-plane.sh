# phases/join-control-plane.sh: join this control plane to the cluster as kubeadm.yaml says. etcd knows
# its member already, as a learner, so other control planes may join at the same time. The remains of a
# join that was interrupted are removed.
# needs: API_ENDPOINT
phase::join_control_plane() {
  if cluster::finished join; then
    service::run kubelet
    report::ok "member of the cluster"
    return
  fi
  file::exists "$PAYLOAD/kubeadm.yaml"
  cluster::reset
  certificates::take
  cluster::kubeadm join --config "$PAYLOAD/kubeadm.yaml" \
    --skip-phases=kubelet-start,etcd-join,kubelet-wait-bootstrap,control-plane-join,wait-control-plane
  join_control_plane::put_off
  cluster::kubeadm join phase kubelet-start --config "$PAYLOAD/kubeadm.yaml"
  join_control_plane::register
  cluster::kubeadm join phase etcd-join --config "$PAYLOAD/kubeadm.yaml"
  mv "$ROOT$CLUSTER_NOTES"/manifests/*.yaml "$ROOT/etc/kubernetes/manifests/"
  rmdir "$ROOT$CLUSTER_NOTES/manifests"
  join_control_plane::rest
  cluster::finish join
  report::changed "member of the cluster"
}

# join_control_plane::put_off: take away the manifests until etcd's member has a vote. An API server
# without etcd, and a scheduler without an API server, wait longer and longer between their attempts, in
# the end twenty seconds.
join_control_plane::put_off() {
  rm -rf "$ROOT$CLUSTER_NOTES/manifests"
  mkdir -p "$ROOT$CLUSTER_NOTES"
  mv "$ROOT/etc/kubernetes/manifests" "$ROOT$CLUSTER_NOTES/manifests"
  mkdir "$ROOT/etc/kubernetes/manifests"
}

# join_control_plane::register: let the kubelet register its node through the VIP, so that the node's
# pods start meanwhile. kubeadm has told it its own API server, which will be the last to answer;
# join_control_plane::rest gives it back.
join_control_plane::register() {
  local file=$ROOT/etc/kubernetes/bootstrap-kubelet.conf
  cluster::server_of "$file" >"$ROOT$CLUSTER_NOTES/own-server"
  cluster::set_server "$file" "https://$API_ENDPOINT"
  systemctl restart kubelet
}

# join_control_plane::rest: finish the join of a control plane whose etcd member has a vote. From now on
# its kubelet connects to its own API server only, as kubeadm wants it.
join_control_plane::rest() {
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
