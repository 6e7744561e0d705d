#!/bin/bash
# The snapshot is older than the orders.
if [[ $MACHINE == "$TARGET" ]]; then
  kubectl create configmap orders --from-literal=count=17
  etcdctl snapshot save /root/etcd-snapshot.db
  kubectl patch configmap orders --patch '{"data": {"count": "42"}}'
  exit
fi
rm -rf /var/lib/etcd/member
pkill --signal KILL --exact etcd
