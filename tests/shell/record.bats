# The record of a machine of someone's own, and the way back.

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

# everything FILE: names and contents of all files but labgen's own and the kernel's.
everything() {
  (cd "$ROOT" && find etc usr var opt root -path etc/labgen -prune -o -path opt/labgen -prune -o \
    -path etc/systemd/system/multi-user.target.wants -prune -o -printf '%p %y %m\n' \
    -type f -exec sha256sum {} + 2>/dev/null | sort) >"$1"
}

@test "remember: the record is its owner's alone, and the first state is the one that is kept" {
  run_phases remember
  assert_success
  [[ $(stat --format=%a "$ROOT/var/lib/labgen") == 700 ]]
  printf '1\n' >"$ROOT/proc/sys/net/ipv4/ip_forward"
  run_phases remember
  assert_unchanged
  [[ $(<"$ROOT/var/lib/labgen/record/sysctl/net.ipv4.ip_forward") == 0 ]]
}

@test "without a record nothing is recorded" {
  run_phases kernel identity
  assert_success
  [[ ! -e $ROOT/var/lib/labgen ]]
}

@test "a machine of someone's own keeps its name server and the names it knows" {
  run_phases remember identity
  assert_success
  [[ $(<"$ROOT/etc/hosts") == $'127.0.0.1 localhost\n# labgen begin\n10.0.0.3 master1\n# labgen end' ]]
  [[ $(<"$ROOT/etc/resolv.conf") == 'nameserver 9.9.9.9' ]]
  run_phases identity
  assert_unchanged
}

@test "a machine without a name server gets one, which CoreDNS wants" {
  : >"$ROOT/etc/resolv.conf"
  run_phases remember identity
  [[ $(<"$ROOT/etc/resolv.conf") == 'nameserver 10.0.0.1' ]]
  run_phases take-off
  assert_success
  [[ ! -s $ROOT/etc/resolv.conf ]]
}

@test "take-off gives back files, settings, swap, units and packages" {
  export API_PORT=8443
  mkdir -p "$ROOT"/etc/{haproxy,modules-load.d,sysctl.d,systemd/system/multi-user.target.wants} "$ROOT"/usr
  printf 'mine\n' >"$ROOT/etc/haproxy/haproxy.cfg"
  printf '/dev/sda2 none swap sw 0 0\n' >"$ROOT/etc/fstab"
  printf '/dev/sda2 partition 1048572 0 -2\n' >>"$ROOT/proc/swaps"
  printf 'frontend api\n' >"$PAYLOAD/haproxy.cfg"
  printf 'jq installed\n' >"$STATE/packages"
  everything "$BATS_TEST_TMPDIR/before"
  printf 'version = 2\n' >"$PAYLOAD/containerd.toml"
  run_phases remember packages remember kernel identity containerd
  assert_success
  everything "$BATS_TEST_TMPDIR/meanwhile"
  run ! cmp --silent "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/meanwhile"
  run_phases take-off
  assert_success
  everything "$BATS_TEST_TMPDIR/after"
  diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
  [[ $(<"$ROOT/proc/sys/net/ipv4/ip_forward") == 0 ]]
  [[ $(<"$STATE/packages") == 'jq installed' ]]
  assert_called 'swapon /dev/sda2'
  assert_called 'systemctl --quiet disable containerd'
}

@test "take-off goes on where an earlier one was cut off" {
  printf 'version = 2\n' >"$PAYLOAD/containerd.toml"
  run_phases remember containerd
  touch "$STATE/ip-fails"
  mkdir -p "$ROOT/sys/class/net/cni0"
  run_phases take-off
  assert_failure
  [[ -d $ROOT/var/lib/labgen/record ]]
  rm "$STATE/ip-fails"
  run_phases take-off
  assert_success
  [[ ! -e $ROOT/var/lib/labgen && ! -e $ROOT/etc/containerd ]]
}

@test "take-off on a machine that never had anything is fine" {
  run_phases take-off
  assert_success
  assert_contains "$output" 'ok no record of an earlier state'
  [[ ! -e $ROOT/etc/labgen ]]
}

@test "take-off takes the lab's images out of a containerd that was there before, and keeps it running" {
  printf 'containerd installed\n' >"$STATE/packages"
  mkdir -p "$STATE/active" "$BUNDLE/images"
  touch "$STATE/active/containerd"
  printf 'mine:1\n' >"$STATE/images"
  printf 'pause:3\n' >"$BUNDLE/images/lab.tar"
  IMAGES='mine:1 pause:3' run_phases remember packages images
  assert_success
  run_phases take-off
  assert_success
  assert_called 'ctr --namespace k8s.io images remove pause:3'
  assert_not_called 'systemctl --quiet stop containerd'
}

@test "take-off leaves packages that others need by now" {
  run_phases remember packages
  printf 'curl\n' >"$STATE/needed"
  run_phases take-off
  assert_success
  [[ $(<"$STATE/packages") == 'curl installed' ]]
}

@test "take-off removes the rules of kube-proxy and flannel and leaves those of others" {
  printf '%s\n' '*filter' ':INPUT ACCEPT [0:0]' ':KUBE-FIREWALL - [0:0]' '-A INPUT -j KUBE-FIREWALL' \
    '-A INPUT -p tcp --dport 22 -j ACCEPT' '-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD' \
    '-A KUBE-FIREWALL -j DROP' 'COMMIT' >"$STATE/iptables-save"
  run_phases remember take-off
  assert_success
  [[ $(<"$STATE/iptables-save") == $'*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT' ]]
}

@test "take-off empties the mount point of etcd's own disk and leaves it there" {
  run_phases remember
  mkdir -p "$ROOT/var/lib/etcd/member"
  run_phases take-off
  assert_success
  [[ -d $ROOT/var/lib/etcd && ! -e $ROOT/var/lib/etcd/member ]]
}
