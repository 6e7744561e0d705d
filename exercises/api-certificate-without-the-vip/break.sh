#!/bin/bash
# The same key and names, without the VIP.
cd /etc/kubernetes/pki
names=$(openssl x509 -noout -ext subjectAltName -in apiserver.crt | tail -n +2 |
  sed -E -e 's/IP Address/IP/g' -e "s/, IP:$VIP|IP:$VIP, //")
openssl req -new -key apiserver.key -subj /CN=kube-apiserver |
  openssl x509 -req -CA ca.crt -CAkey ca.key -days 365 -out apiserver.new \
    -extfile <(echo "subjectAltName=$names")
cat apiserver.new >apiserver.crt
rm apiserver.new
pkill --exact kube-apiserver
