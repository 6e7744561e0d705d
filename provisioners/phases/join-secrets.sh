# phases/join-secrets.sh: what joining machines need, anew on the first master: kubeadm's token and the
# certificates it keeps encrypted in the cluster. Both are gone two hours after init.
phase::join_secrets() {
  file::exists "$PAYLOAD/kubeadm.yaml"
  kubeadm init phase upload-certs --upload-certs --skip-certificate-key-print \
    --config "$PAYLOAD/kubeadm.yaml"
  kubeadm init phase bootstrap-token --skip-token-print --config "$PAYLOAD/kubeadm.yaml"
  report::changed "token and certificates for joining"
}
