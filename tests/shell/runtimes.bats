# Other container runtimes than containerd.

setup() {
  load helper
  make_machine
  mkdir -p "$BUNDLE"/{runtime,images} "$LABGEN_ROOT/etc/systemd/system"
  for program in cri-dockerd crio pinns; do
    printf '%s\n' "$program" >"$BUNDLE/runtime/$program"
  done
  printf '{}\n' >"$PAYLOAD/docker.json"
  printf 'PAUSE_IMAGE=pause:3\n' >"$PAYLOAD/cri-docker.default"
  printf '[crio]\n' >"$PAYLOAD/crio.conf"
}

@test "docker: it is configured before its package starts it, and a second run changes nothing" {
  export RUNTIME=docker
  run_phases docker
  assert_success
  [[ $output == *'changed /etc/docker/daemon.json'*'changed packages: docker.io docker-cli'* ]]
  [[ -x $LABGEN_ROOT/usr/local/bin/cri-dockerd ]]
  run_phases docker
  assert_unchanged
}

@test "docker: another pause image restarts cri-dockerd and not Docker" {
  export RUNTIME=docker
  run_phases docker
  : >"$CALLS"
  printf 'PAUSE_IMAGE=pause:4\n' >"$PAYLOAD/cri-docker.default"
  run_phases docker
  assert_called 'systemctl restart cri-docker'
  assert_not_called 'systemctl restart docker'
}

@test "cri-o: replaces containerd, and a second run changes nothing" {
  export RUNTIME=cri-o
  mkdir -p "$STATE/active"
  touch "$STATE/active/containerd"
  run_phases cri-o
  assert_success
  assert_called 'systemctl --quiet mask containerd.service'
  assert_called 'systemctl stop containerd'
  run_phases cri-o
  assert_unchanged
}

@test "images: Docker loads the archive once" {
  export RUNTIME=docker IMAGES='pause:3 etcd:1'
  printf 'pause:3\netcd:1\n' >"$BUNDLE/images/lab.tar"
  run_phases images
  assert_success
  assert_called "docker image load --quiet --input $BUNDLE/images/lab.tar"
  run_phases images
  assert_unchanged
}

@test "images: each image of the archive is copied to CRI-O's store once" {
  export RUNTIME=cri-o IMAGES='pause:3 etcd:1'
  printf '[{"RepoTags": ["pause:3"]}, {"RepoTags": ["etcd:1"]}]' >"$BATS_TEST_TMPDIR/manifest.json"
  tar --create --file "$BUNDLE/images/lab.tar" --directory "$BATS_TEST_TMPDIR" manifest.json
  run_phases images
  assert_success
  assert_called "skopeo --insecure-policy copy --quiet docker-archive:$BUNDLE/images/lab.tar:etcd:1 containers-storage:etcd:1"
  run_phases images
  assert_unchanged
}

@test "runc-as-allowed: a score that is too low becomes the machine's own, and missing capabilities are dropped" {
  local oci=$BATS_TEST_TMPDIR/oci own
  mkdir "$oci"
  read -r own </proc/self/oom_score_adj
  printf '{"process": {"oomScoreAdj": -1000, "args": ["x"],
    "capabilities": {"bounding": ["CAP_KILL", "CAP_OF_NOBODY"]}}}' >"$oci/config.json"
  bash "$REPO/provisioners/files/runc-as-allowed" create --bundle "$oci" pod
  [[ $(jq .process.oomScoreAdj "$oci/config.json") == "$own" ]]
  [[ $(jq --raw-output '.process.capabilities.bounding[]' "$oci/config.json") != *CAP_OF_NOBODY* ]]
  assert_called "runc create --bundle $oci pod"
  printf '{"oomScoreAdj": 999}' >"$oci/process.json"
  bash "$REPO/provisioners/files/runc-as-allowed" exec --process "$oci/process.json" pod
  [[ $(jq .oomScoreAdj "$oci/process.json") == 999 ]]
}
