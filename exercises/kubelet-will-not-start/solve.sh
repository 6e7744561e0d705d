#!/bin/bash
sed -i -E 's/^clusterDNS: (.*)/clusterDNS:\n- \1/' /var/lib/kubelet/config.yaml
systemctl restart kubelet
