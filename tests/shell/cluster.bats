# The phases that create the cluster and add members.

setup() {
  load helper
  make_machine
  export CERTIFICATES=upload API_ENDPOINT=10.0.0.9:8443
  printf 'kind: InitConfiguration\n' >"$PAYLOAD/kubeadm.yaml"
  printf 'kind: DaemonSet\n' >"$PAYLOAD/flannel.yaml"
  INIT="kubeadm init --config $PAYLOAD/kubeadm.yaml --skip-token-print"
  INIT+=' --skip-phases=show-join-command'
  UPLOAD="$INIT --upload-certs --skip-certificate-key-print"
}

@test "init makes the control plane once, and prints no secrets" {
  run_phases control-plane-init
  assert_success
  assert_called "$UPLOAD"
  assert_not_called 'kubeadm reset --force'
  : >"$CALLS"
  run_phases control-plane-init
  assert_unchanged
  assert_not_called "$UPLOAD"
}

@test "certificates that are copied are never uploaded" {
  export CERTIFICATES=copy
  run_phases control-plane-init join-secrets
  assert_success
  assert_called "$INIT"
  [[ $(<"$CALLS") != *upload-certs* ]] || fail "uploaded: $(<"$CALLS")"
  assert_called "kubeadm init phase bootstrap-token --skip-token-print --config $PAYLOAD/kubeadm.yaml"
}

@test "copied certificates are moved to kubeadm's directory, readable by root only" {
  mkdir -p "$PAYLOAD/certificates/pki/etcd" "$LABGEN_ROOT/etc/kubernetes/pki"
  printf 'key\n' >"$PAYLOAD/certificates/pki/etcd/ca.key"
  printf 'half a join\n' >"$LABGEN_ROOT/etc/kubernetes/pki/ca.key"
  run_phases join-control-plane
  assert_success
  [[ $(<"$LABGEN_ROOT/etc/kubernetes/pki/etcd/ca.key") == key ]]
  [[ $(stat --format=%a "$LABGEN_ROOT/etc/kubernetes/pki/etcd/ca.key") == 600 ]]
  [[ ! -e $LABGEN_ROOT/etc/kubernetes/pki/ca.key ]]
  [[ ! -e $PAYLOAD/certificates ]]
}

@test "an interrupted init is reset and repeated" {
  touch "$STATE/kubeadm-breaks"
  run_phases control-plane-init
  assert_failure
  [[ ${stderr_lines[-1]} == 'error: kubeadm init failed; its output is above' ]]
  rm "$STATE/kubeadm-breaks"
  run_phases control-plane-init
  assert_success
  assert_called 'kubeadm reset --force'
  assert_contains "$output" 'changed unfinished cluster removed'
  assert_contains "$output" 'changed control plane'
}

@test "an etcd directory that a lost init has left is an unfinished cluster too" {
  touch "$LABGEN_ROOT/var/lib/etcd/member"
  run_phases control-plane-init
  assert_success
  assert_called 'kubeadm reset --force'
}

@test "a finished control plane is awaited and never reset" {
  run_phases control-plane-init
  touch "$STATE/curl-fails"
  (
    sleep 0.5
    rm "$STATE/curl-fails"
  ) 3>&- &
  run_phases control-plane-init
  assert_unchanged
  assert_not_called 'kubeadm reset --force'
}

@test "join adds a member once" {
  run_phases join
  assert_success
  assert_called "kubeadm join --config $PAYLOAD/kubeadm.yaml"
  : >"$CALLS"
  mkdir "$STATE/active" && touch "$STATE/active/kubelet"
  run_phases join
  assert_unchanged
  assert_not_called "kubeadm join --config $PAYLOAD/kubeadm.yaml"
}

@test "an interrupted join is reset, although it has left a kubelet.conf" {
  touch "$STATE/kubeadm-breaks"
  run_phases join
  assert_failure
  [[ -e $LABGEN_ROOT/etc/kubernetes/kubelet.conf ]]
  rm "$STATE/kubeadm-breaks"
  mkdir -p "$LABGEN_ROOT/etc/cni/net.d" "$LABGEN_ROOT/sys/class/net/cni0"
  touch "$LABGEN_ROOT/etc/cni/net.d/10-labgen.conflist"
  run_phases join
  assert_success
  assert_called 'kubeadm reset --force'
  assert_called 'ip link delete cni0'
  [[ ! -e $LABGEN_ROOT/etc/cni/net.d/10-labgen.conflist ]]
}

@test "a join continues when nobody reads its output any more" {
  touch "$STATE/kubeadm-talks"
  bash "$REPO/provisioners/run.sh" join 2>&1 | sed '/kubeadm talks/q' || true
  [[ -e $LABGEN_ROOT/etc/kubernetes/labgen/join-finished ]]
}

@test "a control plane's components start after its etcd member, and its kubelet meets an API server that answers" {
  printf 'kind: JoinConfiguration\ncontrolPlane:\n' >"$PAYLOAD/kubeadm.yaml"
  local whole="kubeadm join --config $PAYLOAD/kubeadm.yaml --skip-phases="
  run_phases join-control-plane
  assert_success
  assert_called "${whole}kubelet-start,etcd-join,kubelet-wait-bootstrap,control-plane-join,wait-control-plane"
  assert_called "kubeadm join phase kubelet-start --config $PAYLOAD/kubeadm.yaml"
  assert_called "kubeadm join phase etcd-join --config $PAYLOAD/kubeadm.yaml"
  assert_called 'systemctl restart kubelet'
  assert_called "${whole}preflight,control-plane-prepare,kubelet-start,etcd-join"
  # the stub of kubeadm notes what it sees at etcd-join
  [[ $(<"$STATE/manifests-at-etcd-join") != *kube-apiserver* ]]
  [[ $(<"$STATE/server-at-etcd-join") == '    server: https://10.0.0.9:8443' ]]
  [[ -e $LABGEN_ROOT/etc/kubernetes/manifests/kube-apiserver.yaml ]]
  [[ $(<"$LABGEN_ROOT/etc/kubernetes/kubelet.conf") == '    server: https://10.0.0.4:6443' ]]
  run_phases join-control-plane
  assert_unchanged
}

@test "a control plane that was interrupted in its join starts again from nothing" {
  printf 'kind: JoinConfiguration\ncontrolPlane:\n' >"$PAYLOAD/kubeadm.yaml"
  run_phases join-control-plane
  rm "$LABGEN_ROOT/etc/kubernetes/labgen/join-finished"
  mkdir "$LABGEN_ROOT/etc/kubernetes/labgen/manifests" # an older interrupted join
  : >"$CALLS"
  run_phases reset
  assert_success
  assert_called 'kubeadm reset --force'
  assert_contains "$output" 'changed unfinished cluster removed'
  run_phases join-control-plane
  assert_success
  assert_contains "$output" 'changed member of the cluster'
}

@test "a member of the cluster is not reset" {
  run_phases join
  : >"$CALLS"
  run_phases reset
  assert_failure
  assert_contains "${stderr_lines[-1]}" 'this machine is a member of the cluster'
  assert_not_called 'kubeadm reset --force'
}

@test "a control plane's manifests stay in one place when its reset was interrupted too" {
  printf 'kind: JoinConfiguration\ncontrolPlane:\n' >"$PAYLOAD/kubeadm.yaml"
  local notes=$LABGEN_ROOT/etc/kubernetes/labgen
  run_phases join-control-plane
  assert_success
  kubeadm reset --force # all that the killed reset came to do
  run_phases join-control-plane
  assert_success
  assert_contains "$output" 'changed unfinished cluster removed'
  [[ ! -e $notes/manifests/manifests ]] || fail "nested: $(ls -R "$notes")"
}

@test "what a reset removes is not recorded as the owner's" {
  mkdir -p "$LABGEN_ROOT"/etc/cni/net.d "$LABGEN_ROOT/etc/kubernetes"
  printf 'mine\n' | tee "$LABGEN_ROOT"/etc/{cni/net.d/05-mine.conflist,kubernetes/mine} >/dev/null
  run_phases snapshot-state join
  touch "$LABGEN_ROOT/etc/cni/net.d/10-labgen.conflist"
  rm "$LABGEN_ROOT/etc/kubernetes/labgen/join-finished"
  run_phases join
  assert_success
  assert_contains "$output" 'changed unfinished cluster removed'
  [[ -z $(ls "$LABGEN_ROOT/var/lib/labgen/record/files" 2>/dev/null) ]] ||
    fail "recorded: $(ls "$LABGEN_ROOT/var/lib/labgen/record/files")"
}

@test "a member's stopped kubelet is started" {
  run_phases join
  rm -rf "$STATE/active"
  run_phases join
  assert_success
  assert_contains "$output" 'changed kubelet started'
}

@test "join secrets are created again and never printed" {
  run_phases join-secrets
  assert_success
  assert_called "kubeadm init phase upload-certs --upload-certs --skip-certificate-key-print --config $PAYLOAD/kubeadm.yaml"
  assert_called "kubeadm init phase bootstrap-token --skip-token-print --config $PAYLOAD/kubeadm.yaml"
}

@test "CoreDNS is spread over machines once" {
  export COREDNS_REPLICAS=2
  run_phases coredns
  assert_success
  assert_contains "$(<"$CALLS")" '"replicas": 2'
  assert_contains "$(<"$CALLS")" '"maxSurge": 0'
  run_phases coredns
  assert_unchanged
}

@test "flannel is applied once" {
  run_phases cni
  assert_success
  assert_contains "$output" 'changed flannel'
  run_phases cni
  assert_unchanged
}

@test "flannel is applied again when its manifest changed or its DaemonSet is gone" {
  run_phases cni
  printf 'kind: DaemonSet # host-gw\n' >"$PAYLOAD/flannel.yaml"
  run_phases cni
  assert_contains "$output" 'changed flannel'
  rm "$STATE/flannel"
  run_phases cni
  assert_contains "$output" 'changed flannel'
}
