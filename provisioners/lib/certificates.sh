# The cluster's keys, copied as files from the first control plane to a joining one.

# certificates::take: move the keys to kubeadm's directory; no copy remains in the payload. There are
# none on a worker, or when kubeadm downloads them itself.
certificates::take() {
  local source=$PAYLOAD/certificates file
  [[ -d $source ]] || return 0
  while IFS= read -r -d '' file; do
    install -D --mode=600 "$source/$file" "$ROOT/etc/kubernetes/$file"
  done < <(find "$source" -type f -printf '%P\0')
  rm -rf "$source"
  report::changed "certificates of the first control plane"
}
