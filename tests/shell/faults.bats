# What faults do on a machine, how they are healed, and what they leave.

shopt -s extglob

setup() {
  load helper
  make_machine
  mkdir -p "$STATE/active" "$LABGEN_ROOT"/etc/kubernetes/manifests "$LABGEN_ROOT/var/lib/etcd/member"
  export MACHINE=master1 ADDRESS=10.0.0.3 GATEWAY=10.0.0.1 SUBNET=10.0.0.0/24 SSH_PORT=22
  export POD_SUBNET=10.244.0.0/16 CORES_SHARED_BY=1
  export CONTROL_PLANES='master1=10.0.0.3 master2=10.0.0.4 master3=10.0.0.5'
  printf '2: eth0    inet 10.0.0.3/24 scope global eth0\n' >"$STATE/ip-address"
  printf '10.0.0.1 dev eth0 lladdr 22:87:32:57:b8:5d REACHABLE\n' >"$STATE/ip-neighbour"
  touch "$STATE/active/keepalived" "$STATE/active/haproxy"
  printf 'S\n' | tee "$STATE/process-etcd" >"$STATE/process-kube-apiserver"
  printf '%s\n' 'a3, master1, started, https://10.0.0.3:2380, https://10.0.0.3:2379, false' \
    'b4, master2, started, https://10.0.0.4:2380, https://10.0.0.4:2379, false' >"$STATE/members"
  BLOCK=$LABGEN_ROOT/run/systemd/system/keepalived.service.d/zz-labgen-fault.conf
}

fault() {
  run --separate-stderr bash "$REPO/provisioners/faults/run.sh" "$@"
}

assert_active() {
  fault is-active "$1"
  assert_success
}

assert_inactive() {
  fault is-active "$1"
  [[ $status == 4 ]] || fail "exit $status, not 4: $stderr"
}

etcd_manifest() {
  printf '%s\n' 'spec:' '  containers:' '  - command:' '    - etcd' \
    '    - --initial-cluster=master1=https://10.0.0.3:2380' '    - --name=master1' \
    >"$LABGEN_ROOT/etc/kubernetes/manifests/etcd.yaml"
}

@test "an unknown fault, an unknown verb and no verb are usage errors" {
  fault inject earthquake
  [[ $status == 2 ]]
  assert_contains "$stderr" 'no fault "earthquake"'
  fault break haproxy-killed
  [[ $status == 2 ]]
  fault inject run
  [[ $status == 2 ]]
  fault
  [[ $status == 2 ]]
}

# fault_names: those of the table and those with a script.
fault_names() {
  awk '/^[a-z]/ { print $1 }' "$REPO/provisioners/faults/faults.table"
  find "$REPO/provisioners/faults" -maxdepth 1 -name '*.sh' ! -name run.sh -printf '%f\n' | sed 's/\.sh$//'
}

@test "healing a fault that a machine does not have changes nothing and succeeds" {
  (($(fault_names | wc -l) >= 17))
  for name in $(fault_names); do
    touch "$STATE/active/kubelet" "$STATE/active/containerd"
    fault heal "$name"
    assert_unchanged
    assert_inactive "$name"
  done
}

@test "a row of the table is all that a simple fault needs" {
  cp -r "$REPO/provisioners" "$BATS_TEST_TMPDIR/provisioners"
  printf 'kubelet-killed  unit-killed  kubelet\n' >>"$BATS_TEST_TMPDIR/provisioners/faults/faults.table"
  touch "$STATE/active/kubelet"
  REPO=$BATS_TEST_TMPDIR
  fault inject kubelet-killed
  assert_success
  assert_called 'systemctl kill --kill-whom=all --signal=KILL kubelet'
  assert_active kubelet-killed
  fault heal kubelet-killed
  assert_contains "$output" 'changed kubelet unblocked'
  assert_inactive kubelet-killed
}

@test "a packet filter without rules of that name is not applied" {
  cp -r "$REPO/provisioners" "$BATS_TEST_TMPDIR/provisioners"
  printf 'partition-all  packet-filter  from-all  -\n' >>"$BATS_TEST_TMPDIR/provisioners/faults/faults.table"
  REPO=$BATS_TEST_TMPDIR
  fault inject partition-all
  assert_failure
  assert_contains "$stderr" 'no rules called from-all'
  [[ ! -e $STATE/nft-labgen-partition-all ]]
}

@test "a unit is blocked before its processes are suspended and then killed" {
  fault inject keepalived-killed
  assert_success
  [[ $output =~ ^effect\ [0-9]+\.[0-9]{6}$ ]]
  grep --quiet '^Restart=no$' "$BLOCK"
  printf 'systemctl %s\n' daemon-reload 'kill --kill-whom=all --signal=STOP keepalived' \
    'kill --kill-whom=all --signal=KILL keepalived' >"$BATS_TEST_TMPDIR/expected"
  diff "$BATS_TEST_TMPDIR/expected" <(grep -v is-active "$CALLS")
  assert_active keepalived-killed
}

@test "a healed unit is unblocked and started" {
  fault inject keepalived-stopped
  [[ ! -e $STATE/active/keepalived ]]
  fault heal keepalived-stopped
  assert_contains "$output" 'changed keepalived started'
  [[ ! -e $BLOCK && -e $STATE/active/keepalived ]]
  assert_inactive keepalived-stopped
}

@test "two faults cannot block the same unit, and neither heals the other" {
  fault inject keepalived-stopped
  fault inject keepalived-killed
  assert_failure
  assert_contains "$stderr" 'another fault blocks keepalived already'
  fault heal keepalived-killed
  assert_unchanged
  assert_active keepalived-stopped
}

@test "with a duration, the machine's timer starts before the fault is injected" {
  fault inject haproxy-killed 30
  assert_success
  first=$(grep -v is-active "$CALLS" | head -1)
  [[ $first == 'systemd-run --quiet --collect --unit=labgen-heal-haproxy-killed '*'--on-active=30 '*'heal haproxy-killed' ]]
}

@test "the CPU hog is limited to one machine's share of shared cores, and not limited otherwise" {
  nproc() { echo 2; }
  export -f nproc
  CORES_SHARED_BY=6 fault inject cpu-hog
  assert_success
  assert_contains "$(<"$CALLS")" ' --property=CPUQuota=33% '
  : >"$CALLS"
  fault inject cpu-hog
  assert_success
  [[ $(<"$CALLS") == *'systemd-run '* && $(<"$CALLS") != *CPUQuota* ]]
}

@test "a full disk has no space left, apart from the file system's metadata" {
  echo 1048576 >"$STATE/free"
  mkdir -p "$LABGEN_ROOT/var"
  fault inject disk-full
  assert_success
  (($(<"$STATE/free") < 4096))
  assert_active disk-full
  fault heal disk-full
  assert_contains "$output" 'changed /var has space again'
  assert_inactive disk-full
}

@test "healing stops the timer" {
  touch "$STATE/active/labgen-heal-haproxy-killed.timer"
  fault heal haproxy-killed
  assert_called 'systemctl stop labgen-heal-haproxy-killed.timer'
}

@test "a partition does not affect the host, and sends broadcasts to it only" {
  fault inject partition
  assert_success
  rules=$(<"$STATE/nft-labgen-partition")
  assert_contains "$rules" 'ingress device "eth0"'
  assert_contains "$rules" 'ip saddr 10.0.0.1 accept
    ip saddr { 10.0.0.0/24, 10.244.0.0/16 } drop'
  assert_contains "$rules" 'ether daddr set 22:87:32:57:b8:5d accept'
  fault heal partition
  assert_contains "$output" changed
  assert_inactive partition
}

@test "a partition in one direction does not affect the other" {
  fault inject partition-in
  [[ $(grep -c drop "$STATE/nft-labgen-partition-in") == 2 ]]
  run ! grep --quiet 'ip daddr' "$STATE/nft-labgen-partition-in"
  fault inject partition-out
  run ! grep --quiet 'ip saddr' "$STATE/nft-labgen-partition-out"
}

@test "a machine that is partitioned from its clients still accepts labgen's SSH" {
  fault inject partition-clients
  first=$(grep --max-count 1 saddr "$STATE/nft-labgen-partition-clients")
  [[ ${first##*( )} == 'ip saddr 10.0.0.1 tcp dport 22 accept' ]]
}

@test "a kernel without the hooks refuses the fault and names what it lacks" {
  printf 'Error: Could not process rule: Operation not supported\n' >"$STATE/nft-fails"
  fault inject packet-loss
  [[ $status == 3 ]]
  assert_contains "$stderr" 'nf_tables with netdev hooks'
  assert_contains "$stderr" 'Operation not supported'
}

@test "the manifest of a stopped API server is moved away and restored once" {
  printf 'kind: Pod\n' >"$LABGEN_ROOT/etc/kubernetes/manifests/kube-apiserver.yaml"
  fault inject api-server-stopped
  assert_success
  assert_active api-server-stopped
  [[ ! -e $STATE/process-kube-apiserver ]]
  fault heal api-server-stopped
  assert_contains "$output" changed
  [[ $(<"$LABGEN_ROOT/etc/kubernetes/manifests/kube-apiserver.yaml") == 'kind: Pod' ]]
  fault heal api-server-stopped
  assert_unchanged
}

@test "killing an API server that does not run is an error" {
  rm "$STATE/process-kube-apiserver"
  fault inject api-server-killed
  assert_failure
  assert_contains "$stderr" 'no process called kube-apiserver runs on this machine'
}

@test "a paused etcd is resumed; one that the kubelet has replaced is not paused" {
  fault inject etcd-paused
  assert_active etcd-paused
  fault heal etcd-paused
  assert_contains "$output" 'changed etcd resumed'
  fault inject etcd-paused
  printf 'S\n' >"$STATE/process-etcd"
  assert_inactive etcd-paused
}

@test "a wiped member is removed, added as a learner and promoted" {
  etcd_manifest
  fault inject etcd-wiped
  assert_success
  [[ ! -e $LABGEN_ROOT/var/lib/etcd/member && ! -e $STATE/process-etcd ]]
  [[ ! -e $LABGEN_ROOT/etc/kubernetes/manifests/etcd.yaml ]]
  : >"$CALLS"
  fault heal etcd-wiped
  assert_success
  printf 'etcdctl member %s\n' list 'remove a3' 'add master1' list 'promote e7' list 'promote e7' \
    >"$BATS_TEST_TMPDIR/expected"
  diff "$BATS_TEST_TMPDIR/expected" <(grep etcdctl "$CALLS")
  manifest=$(<"$LABGEN_ROOT/etc/kubernetes/manifests/etcd.yaml")
  assert_contains "$manifest" '    - --initial-cluster=master1=https://10.0.0.3:2380,master2=https://10.0.0.4:2380,master3=https://10.0.0.5:2380
    - --initial-cluster-state=existing
    - --name=master1'
  assert_inactive etcd-wiped
}

@test "an interrupted heal of a wiped member starts again" {
  etcd_manifest
  fault inject etcd-wiped
  printf 'e7, unstarted, , https://10.0.0.3:2380, , true\n' >"$STATE/members"
  fault heal etcd-wiped
  assert_success
  assert_called 'etcdctl member remove e7'
}

@test "a member is not wiped while another one is unhealthy, nor if it is the only one" {
  etcd_manifest
  touch "$STATE/member-ill"
  fault inject etcd-wiped
  assert_failure
  [[ -e $LABGEN_ROOT/var/lib/etcd/member ]]
  CONTROL_PLANES='master1=10.0.0.3' fault inject etcd-wiped
  [[ $status == 3 ]]
  assert_inactive etcd-wiped
}

@test "a full etcd is an alarm of this machine's member, given by its decimal ID" {
  sed --in-place 's/^a3/fd422379fda50e48/' "$STATE/members"
  fault inject etcd-full
  assert_success
  grep --quiet --fixed-strings '"memberID": "18249187646912138824", "alarm": "NOSPACE"' "$CALLS"
}

@test "facts are read from a file that is never evaluated" {
  cp -r "$REPO/provisioners" "$BATS_TEST_TMPDIR/provisioners"
  printf "ADDRESS='10.9.9.9'\nevil; touch %s\nPOD_SUBNET='\$(touch %s)'\n" "$STATE/ran" "$STATE/ran" \
    >"$BATS_TEST_TMPDIR/provisioners/faults/fault.env"
  run bash "$BATS_TEST_TMPDIR/provisioners/faults/run.sh" inject partition-in
  assert_called 'ip -o -4 address show to 10.9.9.9'
  [[ ! -e $STATE/ran ]]
}
