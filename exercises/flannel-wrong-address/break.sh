#!/bin/bash
# An address of the other rack: nothing has it.
annotation=flannel.alpha.coreos.com/public-ip-overwrite
kubectl annotate node "$TARGET" "$annotation=${SUBNET%.*}.249"
kubectl -n kube-flannel delete pod --field-selector "spec.nodeName=$TARGET"
kubectl -n kube-flannel rollout status daemonset kube-flannel-ds --timeout 60s
