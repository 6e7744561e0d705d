#!/bin/bash
kubeadm certs renew apiserver-etcd-client
# a kubelet that has started again does not wait before it starts the API server
systemctl restart kubelet
