# The phases that prepare a machine for Kubernetes.

setup() {
  load helper
  make_machine
  printf 'version = 2\n' >"$PAYLOAD/containerd.toml"
  printf '127.0.0.1 localhost\n' >"$PAYLOAD/hosts"
  printf 'nameserver 10.0.0.1\n' >"$PAYLOAD/resolv.conf"
}

make_bundle() {
  export KUBERNETES_VERSION=v1.37.2
  mkdir -p "$BUNDLE"/{bin,cni} "$LABGEN_ROOT/usr/lib/cni"
  for program in kubeadm kubectl etcdctl; do
    printf '%s\n' "$program" >"$BUNDLE/bin/$program"
  done
  printf '#!/bin/sh\necho Kubernetes v1.37.2\n' >"$BUNDLE/bin/kubelet"
  touch "$BUNDLE/cni/flannel" "$LABGEN_ROOT"/usr/lib/cni/{bridge,portmap}
}

@test "kernel: forwarding is on, and a second run changes nothing" {
  mkdir "$LABGEN_ROOT"/sys/module/{overlay,br_netfilter}
  run_phases kernel
  assert_success
  assert_contains "$output" 'changed sysctl net.ipv4.ip_forward = 1'
  [[ $(<"$LABGEN_ROOT/proc/sys/net/ipv4/ip_forward") == 1 ]]
  run_phases kernel
  assert_unchanged
}

@test "kernel: a module that cannot be loaded is not an error" {
  touch "$STATE/modprobe-fails"
  run_phases kernel
  assert_success
  assert_contains "$output" 'ok module br_netfilter built in or not loadable here'
}

@test "kernel: without forwarding the run fails and tells where to set it" {
  rm "$LABGEN_ROOT/proc/sys/net/ipv4/ip_forward"
  run_phases kernel
  assert_failure
  assert_contains "$stderr" 'error: sysctl net.ipv4.ip_forward must be 1'
}

@test "kernel: swap is turned off and stays off after a boot" {
  printf '/dev/sda2 partition 1048572 0 -2\n' >>"$LABGEN_ROOT/proc/swaps"
  printf '/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 none swap sw 0 0\n' >"$LABGEN_ROOT/etc/fstab"
  run_phases kernel
  assert_success
  assert_called 'swapoff --all'
  [[ $(<"$LABGEN_ROOT/etc/fstab") == $'/dev/sda1 / ext4 defaults 0 1\n#/dev/sda2 none swap sw 0 0' ]]
}

@test "kernel: a system container leaves the host's swap alone and its journal in memory" {
  in_container
  printf '/dev/sda2 partition 1048572 0 -2\n' >>"$LABGEN_ROOT/proc/swaps"
  run_phases kernel
  assert_success
  assert_contains "$output" "ok swap is the host's"
  assert_not_called 'swapoff --all'
  grep --quiet Storage=volatile "$LABGEN_ROOT/etc/systemd/journald.conf.d/labgen.conf"
}

@test "identity: the machine gets its name once" {
  printf 'master1\n' >"$PAYLOAD/hostname"
  run_phases identity
  assert_success
  assert_called 'hostname master1'
  printf 'master1\n' >"$LABGEN_ROOT/proc/sys/kernel/hostname"
  run_phases identity
  assert_unchanged
}

@test "identity: without a hostname in the payload the machine keeps its own" {
  run_phases identity
  assert_success
  [[ ! -e $LABGEN_ROOT/etc/hostname ]]
}

@test "containerd: restarts when its configuration changed, and only then" {
  run_phases containerd
  assert_success
  assert_called 'systemctl restart containerd'
  : >"$CALLS"
  run_phases containerd
  assert_unchanged
  assert_not_called 'systemctl restart containerd'
}

@test "kubernetes: installs from the bundle, which is not needed afterwards" {
  make_bundle
  run_phases kubernetes
  assert_success
  [[ -x $LABGEN_ROOT/usr/local/bin/kubelet ]]
  [[ -x $LABGEN_ROOT/opt/cni/bin/flannel ]]
  [[ $(readlink "$LABGEN_ROOT/opt/cni/bin/bridge") == /usr/lib/cni/bridge ]]
  assert_called 'systemctl --quiet enable kubelet'
  run_phases kubernetes
  assert_unchanged
  rm -r "$BUNDLE"
  run_phases kubernetes
  assert_unchanged
}

@test "kubernetes: another version than the lab's is refused by name" {
  make_bundle
  run_phases kubernetes
  rm -r "$BUNDLE"
  export KUBERNETES_VERSION=v1.38.0
  run_phases kubernetes
  assert_failure
  assert_contains "$stderr" 'error: the installed Kubernetes is v1.37.2, the lab needs v1.38.0'
}

@test "kubernetes: without bundle and installation, the error names the bundle's directory" {
  export KUBERNETES_VERSION=v1.37.2
  run_phases kubernetes
  assert_failure
  assert_contains "$stderr" "error: the installed Kubernetes is absent, the lab needs v1.37.2; it is installed from $BUNDLE/bin"
}

@test "kubernetes: from the project's repository, of the scenario's version and held" {
  make_bundle
  export KUBERNETES_SOURCE=repository
  rm "$BUNDLE"/bin/{kubeadm,kubectl}
  printf 'key\n' >"$PAYLOAD/kubernetes.asc" # as curl would bring it
  run_phases kubernetes
  assert_success
  grep --quiet '^deb .*/core:/stable:/v1.37/deb/ /$' "$ROOT/etc/apt/sources.list.d/kubernetes.list"
  grep --quiet '^apt-get .* install kubeadm=1.37.2-\* kubelet=1.37.2-\* kubectl=1.37.2-\*$' "$CALLS"
  assert_called 'apt-mark --quiet --quiet hold kubeadm kubelet kubectl'
  [[ ! -e $ROOT/etc/systemd/system/kubelet.service ]]
  run_phases kubernetes
  assert_unchanged
}

@test "kubernetes: changed kubelet options restart a kubelet that runs" {
  make_bundle
  run_phases kubernetes
  mkdir -p "$STATE/active" && touch "$STATE/active/kubelet"
  printf 'KUBELET_EXTRA_ARGS=--v=2\n' >"$PAYLOAD/kubelet.default"
  run_phases kubernetes
  assert_contains "$output" 'changed kubelet restarted'
  run_phases kubernetes
  assert_unchanged
}

@test "images: imports once, when one is missing" {
  export IMAGES='registry.k8s.io/pause:3.10.2 ghcr.io/flannel-io/flannel:v0.28.10'
  mkdir -p "$BUNDLE/images"
  printf '%s\n' registry.k8s.io/pause:3.10.2 ghcr.io/flannel-io/flannel:v0.28.10 >"$BUNDLE/images/all.tar"
  run_phases images
  assert_success
  assert_contains "$output" 'changed images of all.tar'
  run_phases images
  assert_unchanged
}

@test "images: names the image that no archive brought" {
  export IMAGES='registry.k8s.io/pause:3.10.2'
  mkdir -p "$BUNDLE/images"
  printf 'registry.k8s.io/pause:3.10\n' >"$BUNDLE/images/all.tar"
  run_phases images
  assert_failure
  assert_contains "$stderr" "error: images missing after the import of $BUNDLE/images: registry.k8s.io/pause:3.10.2"
}

@test "images: without an archive the error names the missing images" {
  export IMAGES='registry.k8s.io/pause:3.10.2'
  run_phases images
  assert_failure
  assert_contains "$stderr" "error: images missing: registry.k8s.io/pause:3.10.2; no archive in $BUNDLE/images"
}

@test "packages are installed once" {
  run_phases packages
  assert_success
  assert_contains "$output" 'changed packages: dbus'
  run_phases packages
  assert_unchanged
}

@test "packages: an image also has the packages it boots with, and a worker has no load balancer" {
  MACHINE_IMAGE=vm run_phases packages
  grep --quiet '^systemd installed' "$STATE/packages"
  rm "$STATE/packages"
  ROLE=worker run_phases packages
  assert_success
  run ! grep --quiet -e '^systemd ' -e '^haproxy ' "$STATE/packages"
}

@test "packages: apt uses the bundle's packages and no other source" {
  mkdir -p "$BUNDLE" "$BATS_TEST_TMPDIR/debs"
  printf 'Package: jq\n' >"$BATS_TEST_TMPDIR/debs/Packages"
  tar --create --file "$BUNDLE/packages.tar" --directory "$BATS_TEST_TMPDIR/debs" .
  run_phases packages
  assert_success
  grep --quiet "^apt-get .*Dir::Etc::SourceList=$BUNDLE/packages/sources.list .*SourceParts=/dev/null .* install" "$CALLS"
  [[ ! -e $BUNDLE/packages ]]
}
