#!/bin/bash
sed -i '/^# mirror/,$d' /etc/containerd/config.toml
systemctl reset-failed containerd
systemctl restart containerd
