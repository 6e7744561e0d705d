# phases/join-secrets.sh: what joining machines need, anew on the first master: kubeadm's token and,
# unless they are copied, the certificates it keeps encrypted in the cluster. Both are gone two hours
# after init.
# needs: CERTIFICATES
phase::join_secrets() {
  file::exists "$PAYLOAD/kubeadm.yaml"
  if [[ $CERTIFICATES == upload ]]; then
    kubeadm init phase upload-certs --upload-certs --skip-certificate-key-print \
      --config "$PAYLOAD/kubeadm.yaml"
  fi
  kubeadm init phase bootstrap-token --skip-token-print --config "$PAYLOAD/kubeadm.yaml"
  report::changed "token and certificates for joining"
}
