#!/bin/bash
kubectl -n kube-system patch daemonset kube-proxy --type json \
  --patch '[{"op": "remove", "path": "/spec/template/spec/nodeSelector/site~1proxy"}]'
kubectl -n kube-system rollout status daemonset kube-proxy --timeout 60s
