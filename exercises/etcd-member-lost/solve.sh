#!/bin/bash
# First on a healthy control plane: the old member goes, and a new one of the same name is expected.
if [[ $MACHINE != "$TARGET" ]]; then
  member=$(etcdctl member list | awk -F ', ' -v name="$TARGET" '$3 == name { print $1 }')
  etcdctl member remove "$member"
  # etcd takes a new member only when the present ones have been connected for a while
  until etcdctl member add "$TARGET" --peer-urls="https://$TARGET_ADDRESS:2380"; do
    sleep 1
  done
  exit
fi

# Then on the machine itself, with what `member add` has printed there.
cluster=$(sed -n 's/^ETCD_INITIAL_CLUSTER="\(.*\)"/\1/p' "$PREVIOUS")
rm -rf /var/lib/etcd/member
sed -i -E -e '/--initial-cluster-state=/d' \
  -e "s#^( *- )--initial-cluster=.*#\1--initial-cluster=$cluster\n\1--initial-cluster-state=existing#" \
  /etc/kubernetes/manifests/etcd.yaml
systemctl restart kubelet
