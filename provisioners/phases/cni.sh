# phases/cni.sh: apply flannel's manifest to the cluster, on the first control plane.
phase::cni() {
  local applied=$CLUSTER_NOTES/flannel.yaml
  file::exists "$PAYLOAD/flannel.yaml"
  if file::same_text "$PAYLOAD/flannel.yaml" "$ROOT$applied" && cni::present; then
    report::ok "flannel"
    return
  fi
  # Server-side apply: one request per object, and no annotation with a copy of the object.
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
