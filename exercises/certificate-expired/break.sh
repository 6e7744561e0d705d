#!/bin/bash
# The API server's client certificate for etcd was not renewed for a year.
cd /etc/kubernetes/pki
openssl req -new -key apiserver-etcd-client.key \
  -subj /O=kubeadm:cluster-admins/CN=kube-apiserver-etcd-client |
  openssl x509 -req -CA etcd/ca.crt -CAkey etcd/ca.key -out apiserver-etcd-client.new \
    -not_before 20250101000000Z -not_after 20260101000000Z \
    -extfile <(echo extendedKeyUsage=clientAuth)
cat apiserver-etcd-client.new >apiserver-etcd-client.crt
rm apiserver-etcd-client.new
pkill --exact kube-apiserver
