# The phase seal: what an image must not contain, and what a machine-container does not need.

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

@test "an image holds no host keys, no machine-id, no package lists and no logs" {
  run_phases seal
  assert_success
  local left
  left=$(find "$LABGEN_ROOT/etc/ssh" "$LABGEN_ROOT/var" -type f)
  [[ $left == "$LABGEN_ROOT/var/.updated" ]] || fail "left: $left"
  [[ -f $LABGEN_ROOT/etc/machine-id && ! -s $LABGEN_ROOT/etc/machine-id ]]
}

@test "the load balancer's services are left to the phase that configures them" {
  run_phases seal
  assert_contains "$output" 'changed haproxy disabled'
  assert_contains "$output" 'changed keepalived disabled'
}

@test "units without a purpose in a container are masked there and only there" {
  run_phases seal
  [[ ! -e $LABGEN_ROOT/etc/systemd/system/systemd-udevd.service ]]
  MACHINE_IMAGE=container run_phases seal
  assert_success
  [[ $(readlink "$LABGEN_ROOT/etc/systemd/system/systemd-udevd.service") == /dev/null ]]
  MACHINE_IMAGE=container run_phases seal
  assert_unchanged
}

@test "a container's sshd takes its keys from the provider and no passwords" {
  MACHINE_IMAGE=container run_phases seal
  local file=$LABGEN_ROOT/etc/ssh/sshd_config.d/10-labgen.conf
  grep --quiet '^HostKey /etc/labgen/identity/ssh_host_ed25519_key$' "$file"
  grep --quiet '^PasswordAuthentication no$' "$file"
}

@test "sshd gets no option that its version does not know" {
  touch "$STATE/old-sshd"
  MACHINE_IMAGE=container run_phases seal
  assert_success
  [[ ! -e $LABGEN_ROOT/etc/ssh/sshd_config.d/11-labgen-penalties.conf ]]
}
