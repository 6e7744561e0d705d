#!/bin/bash
sed -i 's/--leader-elect/--leader-elekt/' /etc/kubernetes/manifests/kube-scheduler.yaml
