# The record of an existing machine's original state, and its restoration.

setup() {
  load helper
  make_machine
  printf '10.0.0.3 master1\n' >"$PAYLOAD/hosts"
  printf 'nameserver 10.0.0.1\n' >"$PAYLOAD/resolv.conf"
  printf '127.0.0.1 localhost\n' >"$ROOT/etc/hosts"
  printf 'nameserver 9.9.9.9\n' >"$ROOT/etc/resolv.conf"
  printf 'root:x:0:0\n' >"$ROOT/etc/passwd"
  printf 'root:x:0:\n' >"$ROOT/etc/group"
  mkdir -p "$ROOT/proc/self"
  : >"$ROOT/proc/self/mounts"
}

# everything FILE: write to FILE the names and checksums of all files except labgen's and the kernel's.
everything() {
  (cd "$ROOT" && find etc usr var opt root -path etc/labgen -prune -o -path opt/labgen -prune -o \
    -path etc/systemd/system/multi-user.target.wants -prune -o -printf '%p %y %m\n' \
    -type f -exec sha256sum {} + 2>/dev/null | sort) >"$1"
}

@test "snapshot-state: only root may read the record, and it keeps the first state" {
  run_phases snapshot-state
  assert_success
  [[ $(stat --format=%a "$ROOT/var/lib/labgen") == 700 ]]
  printf '1\n' >"$ROOT/proc/sys/net/ipv4/ip_forward"
  run_phases snapshot-state
  assert_unchanged
  [[ $(<"$ROOT/var/lib/labgen/record/sysctl/net.ipv4.ip_forward") == 0 ]]
}

@test "without a record nothing is recorded" {
  run_phases kernel identity
  assert_success
  [[ ! -e $ROOT/var/lib/labgen ]]
}

@test "an existing machine keeps its name server and its entries in /etc/hosts" {
  run_phases snapshot-state identity
  assert_success
  [[ $(<"$ROOT/etc/hosts") == $'127.0.0.1 localhost\n# labgen begin\n10.0.0.3 master1\n# labgen end' ]]
  [[ $(<"$ROOT/etc/resolv.conf") == 'nameserver 9.9.9.9' ]]
  run_phases identity
  assert_unchanged
}

@test "a machine without a name server gets one, which CoreDNS needs" {
  : >"$ROOT/etc/resolv.conf"
  run_phases snapshot-state identity
  [[ $(<"$ROOT/etc/resolv.conf") == 'nameserver 10.0.0.1' ]]
  run_phases uninstall
  assert_success
  [[ ! -s $ROOT/etc/resolv.conf ]]
}

@test "uninstall restores files, settings, swap, units and packages" {
  export API_PORT=8443
  mkdir -p "$ROOT"/etc/{haproxy,modules-load.d,sysctl.d,systemd/system/multi-user.target.wants} "$ROOT"/usr
  printf 'mine\n' >"$ROOT/etc/haproxy/haproxy.cfg"
  printf '/dev/sda2 none swap sw 0 0\n' >"$ROOT/etc/fstab"
  printf '/dev/sda2 partition 1048572 0 -2\n' >>"$ROOT/proc/swaps"
  printf 'frontend api\n' >"$PAYLOAD/haproxy.cfg"
  printf 'jq installed\n' >"$STATE/packages"
  everything "$BATS_TEST_TMPDIR/before"
  printf 'version = 2\n' >"$PAYLOAD/containerd.toml"
  run_phases snapshot-state packages snapshot-state kernel identity containerd
  assert_success
  everything "$BATS_TEST_TMPDIR/meanwhile"
  run ! cmp --silent "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/meanwhile"
  run_phases uninstall
  assert_success
  everything "$BATS_TEST_TMPDIR/after"
  diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
  [[ $(<"$ROOT/proc/sys/net/ipv4/ip_forward") == 0 ]]
  [[ $(<"$STATE/packages") == 'jq installed' ]]
  assert_called 'swapon /dev/sda2'
  assert_called 'systemctl --quiet disable containerd'
}

@test "uninstall resumes after an interruption" {
  printf 'version = 2\n' >"$PAYLOAD/containerd.toml"
  run_phases snapshot-state containerd
  touch "$STATE/ip-fails"
  mkdir -p "$ROOT/sys/class/net/cni0"
  run_phases uninstall
  assert_failure
  [[ -d $ROOT/var/lib/labgen/record ]]
  rm "$STATE/ip-fails"
  run_phases uninstall
  assert_success
  [[ ! -e $ROOT/var/lib/labgen && ! -e $ROOT/etc/containerd ]]
}

@test "uninstall succeeds on a machine that never was in a lab" {
  run_phases uninstall
  assert_success
  assert_contains "$output" 'ok no record of an earlier state'
  [[ ! -e $ROOT/etc/labgen ]]
}

@test "uninstall removes the lab's images from the owner's containerd, which keeps running" {
  printf 'containerd installed\n' >"$STATE/packages"
  mkdir -p "$STATE/active" "$BUNDLE/images"
  touch "$STATE/active/containerd"
  printf 'mine:1\n' >"$STATE/images"
  printf 'pause:3\n' >"$BUNDLE/images/lab.tar"
  IMAGES='mine:1 pause:3' run_phases snapshot-state packages images
  assert_success
  run_phases uninstall
  assert_success
  assert_called 'ctr --namespace k8s.io images remove pause:3'
  assert_not_called 'systemctl --quiet stop containerd'
}

@test "uninstall keeps packages that others depend on by now" {
  run_phases snapshot-state packages
  printf 'curl\n' >"$STATE/needed"
  run_phases uninstall
  assert_success
  [[ $(<"$STATE/packages") == 'curl installed' ]]
}

@test "uninstall removes the rules of kube-proxy and flannel and no others" {
  printf '%s\n' '*filter' ':INPUT ACCEPT [0:0]' ':KUBE-FIREWALL - [0:0]' '-A INPUT -j KUBE-FIREWALL' \
    '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD' \
    '-A KUBE-FIREWALL -j DROP' 'COMMIT' >"$STATE/iptables-save"
  run_phases snapshot-state uninstall
  assert_success
  [[ $(<"$STATE/iptables-save") == $'*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT' ]]
}

@test "uninstall empties the mount point of etcd's disk and keeps it" {
  run_phases snapshot-state
  mkdir -p "$ROOT/var/lib/etcd/member"
  run_phases uninstall
  assert_success
  [[ -d $ROOT/var/lib/etcd && ! -e $ROOT/var/lib/etcd/member ]]
}

@test "uninstall removes the cluster's files next to the owner's, and restores the owner's plugin" {
  export KUBERNETES_VERSION=v1.34.0
  mkdir -p "$ROOT"/etc/{cni/net.d,kubernetes,systemd/system} "$ROOT"/opt/cni/bin \
    "$ROOT"/var/lib/{cni/networks/mine,haproxy} "$ROOT"/usr/{lib/cni,local/share}
  printf 'mine\n' | tee "$ROOT"/etc/{cni/net.d/{05-mine,10-flannel}.conflist,kubernetes/mine} \
    "$ROOT"/opt/cni/bin/bridge "$ROOT"/var/lib/cni/networks/mine/lock >/dev/null
  touch "$ROOT"/usr/lib/cni/{bridge,portmap}
  everything "$BATS_TEST_TMPDIR/before"
  run_phases snapshot-state
  assert_success
  mkdir -p "$BUNDLE"/{bin,cni}
  printf '#!/bin/sh\necho Kubernetes v1.34.0\n' >"$BUNDLE/bin/kubelet"
  chmod 755 "$BUNDLE/bin/kubelet"
  touch "$BUNDLE/cni/flannel"
  run_phases kubernetes
  assert_success
  [[ -L $ROOT/opt/cni/bin/bridge && -L $ROOT/opt/cni/bin/portmap ]]
  mkdir -p "$ROOT"/etc/kubernetes/labgen "$ROOT"/var/lib/cni/{results,flannel,networks/cbr0}
  mkdir "$ROOT"/etc/kubernetes/{manifests,pki} # kubeadm reset leaves them
  touch "$ROOT"/{etc/kubernetes/labgen/join-finished,etc/cni/net.d/10-labgen.conflist} \
    "$ROOT"/opt/cni/bin/flannel-wait "$ROOT"/var/lib/cni/results/cbr0-1-eth0
  run_phases uninstall
  assert_success
  everything "$BATS_TEST_TMPDIR/after"
  diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}
