#!/bin/bash
manifest=/etc/kubernetes/manifests/etcd.yaml

# First on the member that has its data: it becomes a cluster of its own.
if [[ $MACHINE == "$TARGET" ]]; then
  sed -i -E 's#^( *- )--data-dir=.*#&\n\1--force-new-cluster#' $manifest
  systemctl restart kubelet
  # "until" the flag has taken effect: one member is left
  until [[ $(etcdctl member list | wc -l) == 1 ]]; do
    sleep 1
  done
  sed -i '/--force-new-cluster/d' $manifest
  sleep 5
  until etcdctl endpoint health; do
    sleep 1
  done
  exit
fi

# Then on the two others. etcd takes the second one when the first one has joined.
export ETCDCTL_ENDPOINTS="https://$TARGET_ADDRESS:2379"
until etcdctl member add "$MACHINE" --peer-urls="https://$ADDRESS:2380" >/root/member-add; do
  sleep 1
done
cluster=$(sed -n 's/^ETCD_INITIAL_CLUSTER="\(.*\)"/\1/p' /root/member-add)
rm -rf /var/lib/etcd/member
sed -i -E -e '/--initial-cluster-state=/d' \
  -e "s#^( *- )--initial-cluster=.*#\1--initial-cluster=$cluster\n\1--initial-cluster-state=existing#" \
  $manifest
systemctl restart kubelet
