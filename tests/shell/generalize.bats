# The phase generalize: what an image must not contain, and what a system container does not need.

setup() {
  load helper
  make_machine
  rm -r "$LABGEN_ROOT/run/systemd"
  mkdir -p "$LABGEN_ROOT"/etc/ssh/sshd_config.d "$LABGEN_ROOT"/var/{log/apt,lib/apt/lists,cache/apt,lib/dbus}
  printf 'f00\n' >"$LABGEN_ROOT/etc/machine-id"
  touch "$LABGEN_ROOT"/etc/ssh/ssh_host_{ed25519,rsa}_key "$LABGEN_ROOT/var/log/apt/history.log" \
    "$LABGEN_ROOT/var/lib/apt/lists/index"
  "$BATS_TEST_DIRNAME/stubs/systemctl" enable haproxy keepalived
}

@test "an image has no host keys, no machine-id, no package lists and no logs" {
  run_phases generalize
  assert_success
  local left
  left=$(find "$LABGEN_ROOT/etc/ssh" "$LABGEN_ROOT/var" -type f)
  [[ $left == "$LABGEN_ROOT/var/.updated" ]] || fail "left: $left"
  [[ -f $LABGEN_ROOT/etc/machine-id && ! -s $LABGEN_ROOT/etc/machine-id ]]
}

@test "the load balancer's services stay disabled until a phase configures them" {
  run_phases generalize
  assert_contains "$output" 'changed haproxy disabled'
  assert_contains "$output" 'changed keepalived disabled'
}

@test "units that a container does not need are masked there and only there" {
  run_phases generalize
  [[ ! -e $LABGEN_ROOT/etc/systemd/system/systemd-udevd.service ]]
  MACHINE_IMAGE=container run_phases generalize
  assert_success
  [[ $(readlink "$LABGEN_ROOT/etc/systemd/system/systemd-udevd.service") == /dev/null ]]
  MACHINE_IMAGE=container run_phases generalize
  assert_unchanged
}

@test "a container's sshd uses the provider's keys and accepts no passwords" {
  MACHINE_IMAGE=container run_phases generalize
  local place=$LABGEN_ROOT/etc/ssh/sshd_config.d
  grep --quiet '^HostKey /etc/labgen/identity/ssh_host_ed25519_key$' "$place/10-labgen-keys.conf"
  grep --quiet '^PasswordAuthentication no$' "$place/10-labgen.conf"
}

@test "a virtual machine generates its own host key and accepts no passwords" {
  MACHINE_IMAGE=vm run_phases generalize
  assert_success
  local place=$LABGEN_ROOT/etc
  grep --quiet '^HostKey /etc/ssh/ssh_host_ed25519_key$' "$place/ssh/sshd_config.d/10-labgen-keys.conf"
  grep --quiet '^PasswordAuthentication no$' "$place/ssh/sshd_config.d/10-labgen.conf"
  grep --quiet 'ExecStartPre=.*ssh-keygen' "$place/systemd/system/ssh.service.d/labgen.conf"
  [[ ! -e $place/ssh/ssh_host_ed25519_key ]]
}

@test "a virtual machine gets its address by DHCP and keeps other programs' addresses and routes" {
  MACHINE_IMAGE=vm run_phases generalize
  local network=$LABGEN_ROOT/etc/systemd/network/20-labgen.network
  grep --quiet '^DHCP=ipv4$' "$network"
  grep --quiet '^KeepConfiguration=yes$' "$network"
  [[ -L $LABGEN_ROOT/etc/systemd/system/multi-user.target.wants/systemd-networkd.service ]]
  MACHINE_IMAGE=vm run_phases generalize
  assert_unchanged
}

@test "a virtual machine has devices, a working power button and no console login" {
  MACHINE_IMAGE=vm run_phases generalize
  local unit units=$LABGEN_ROOT/etc/systemd/system
  for unit in systemd-udevd systemd-logind systemd-networkd systemd-modules-load; do
    [[ $(readlink "$units/$unit.service" || true) != /dev/null ]] || fail "$unit is masked"
  done
  [[ $(readlink "$units/getty.target") == /dev/null ]]
}

@test "sshd gets no option that its version lacks" {
  touch "$STATE/old-sshd"
  MACHINE_IMAGE=container run_phases generalize
  assert_success
  [[ ! -e $LABGEN_ROOT/etc/ssh/sshd_config.d/11-labgen-penalties.conf ]]
}
