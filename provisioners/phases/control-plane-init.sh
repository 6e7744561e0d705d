# phases/control-plane-init.sh: the first control plane, made by kubeadm.
# needs: CERTIFICATES
phase::control_plane_init() {
  if cluster::finished init; then
    # Never reset what was finished: an API server that is slow to answer has a cluster behind it.
    wait::until 120 "this machine's API server is ready" cluster::api_answers
    report::ok "control plane"
    return
  fi
  file::exists "$PAYLOAD/kubeadm.yaml"
  cluster::reset
  local words=(--skip-token-print --skip-phases=show-join-command)
  if [[ $CERTIFICATES == upload ]]; then
    words+=(--upload-certs --skip-certificate-key-print)
  fi
  # Tokens, certificate key and the join commands made of them must reach no log.
  cluster::kubeadm init --config "$PAYLOAD/kubeadm.yaml" "${words[@]}"
  cluster::finish init
  report::changed "control plane"
}
