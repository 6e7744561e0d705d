#!/bin/bash
cat >>/etc/containerd/config.toml <<'TOML'
# mirror of the site
[plugins."io.containerd.grpc.v1.cri".registry
  config_path = "/etc/containerd/certs.d"
TOML
systemctl restart containerd || true
