# phases/join-secrets.sh: create the join token again, on the first control plane. Unless certificates
# are copied as files, upload them again too, encrypted, as kubeadm does. Both expire two hours after
# init.
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
