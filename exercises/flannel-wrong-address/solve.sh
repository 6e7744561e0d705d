#!/bin/bash
annotation=flannel.alpha.coreos.com/public-ip-overwrite
kubectl annotate node "$TARGET" $annotation-
# flannel writes the node's own address when it starts
kubectl -n kube-flannel delete pod --field-selector "spec.nodeName=$TARGET"
kubectl -n kube-flannel rollout status daemonset kube-flannel-ds --timeout 60s
