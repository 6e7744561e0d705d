# Keys of the cluster that a joining control plane was brought as files, from the first one.

# certificates::take: they lie where kubeadm looks, and nowhere else. Where kubeadm fetches them itself,
# or the machine is a worker, there are none.
certificates::take() {
  local brought=$PAYLOAD/certificates file
  [[ -d $brought ]] || return 0
  while IFS= read -r -d '' file; do
    install -D --mode=600 "$brought/$file" "$ROOT/etc/kubernetes/$file"
  done < <(find "$brought" -type f -printf '%P\0')
  rm -rf "$brought"
  report::changed "certificates of the first control plane"
}
