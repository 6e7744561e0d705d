# phases/cni.sh: flannel, applied to the cluster from the first master.
phase::cni() {
  local applied=$CLUSTER_NOTES/flannel.yaml
  file::exists "$PAYLOAD/flannel.yaml"
  if file::same_text "$PAYLOAD/flannel.yaml" "$ROOT$applied" && cni::present; then
    report::ok "flannel"
    return
  fi
  # On the server's side: one request for each object, and no annotation with a copy of it.
  cluster::kubectl apply --server-side --force-conflicts --filename "$PAYLOAD/flannel.yaml"
  file::put "$PAYLOAD/flannel.yaml" "$ROOT$applied" 644
  report::changed "flannel"
}

cni::present() {
  local found
  found=$(cluster::kubectl --namespace kube-flannel get daemonset kube-flannel-ds \
    --ignore-not-found --output name)
  [[ -n $found ]]
}
