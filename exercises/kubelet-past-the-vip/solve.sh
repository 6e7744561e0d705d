#!/bin/bash
sed -i "s#server: .*#server: https://$ENDPOINT#" /etc/kubernetes/kubelet.conf
systemctl restart kubelet
