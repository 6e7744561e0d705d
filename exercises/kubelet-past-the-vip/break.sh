#!/bin/bash
read -r first _ <<<"$CONTROL_PLANE_ADDRESSES"
sed -i "s#server: .*#server: https://$first:6443#" /etc/kubernetes/kubelet.conf
systemctl restart kubelet
