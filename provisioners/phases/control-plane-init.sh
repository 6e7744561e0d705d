# phases/control-plane-init.sh: create the first control plane with kubeadm init.
# needs: CERTIFICATES
phase::control_plane_init() {
  if cluster::finished init; then
    # Never reset a finished control plane: a slow API server still serves a cluster.
    wait::until 120 "this machine's API server is ready" cluster::api_answers
    report::ok "control plane"
    return
  fi
  file::exists "$PAYLOAD/kubeadm.yaml"
  cluster::reset
  local options=(--skip-token-print --skip-phases=show-join-command)
  if [[ $CERTIFICATES == upload ]]; then
    options+=(--upload-certs --skip-certificate-key-print)
  fi
  # No log may contain tokens, the certificate key or a join command.
  cluster::kubeadm init --config "$PAYLOAD/kubeadm.yaml" "${options[@]}"
  cluster::finish init
  report::changed "control plane"
}
