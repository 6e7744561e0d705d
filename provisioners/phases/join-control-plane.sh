# phases/join-control-plane.sh: the part of a control plane's join that other machines may do at the
# same time: keys, manifests, and a kubelet that registers the node. The remains of a join that was
# interrupted in any of these phases are removed.
# needs: API_ENDPOINT
phase::join_control_plane() {
  if cluster::finished join; then
    report::ok "member of the cluster"
    return
  fi
  file::exists "$PAYLOAD/kubeadm.yaml"
  cluster::reset
  certificates::take
  cluster::kubeadm join --config "$PAYLOAD/kubeadm.yaml" \
    --skip-phases=kubelet-start,etcd-join,kubelet-wait-bootstrap,control-plane-join,wait-control-plane
  # An API server without etcd, and a scheduler without an API server, wait longer and longer between
  # their attempts, in the end twenty seconds. join-etcd puts their manifests back.
  mkdir -p "$ROOT$CLUSTER_NOTES"
  mv "$ROOT/etc/kubernetes/manifests" "$ROOT$CLUSTER_NOTES/manifests"
  mkdir "$ROOT/etc/kubernetes/manifests"
  cluster::kubeadm join phase kubelet-start --config "$PAYLOAD/kubeadm.yaml"
  join_control_plane::register
  report::changed "node of a control plane"
}

# join_control_plane::register: let the kubelet register its node through the VIP, so that the node's
# pods start meanwhile. kubeadm has told it its own API server, which will be the last to answer; the
# phase join gives it back.
join_control_plane::register() {
  local file=$ROOT/etc/kubernetes/bootstrap-kubelet.conf
  cluster::server_of "$file" >"$ROOT$CLUSTER_NOTES/own-server"
  cluster::set_server "$file" "https://$API_ENDPOINT"
  systemctl restart kubelet
}
