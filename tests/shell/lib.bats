# The functions of provisioners/lib, one by one.

setup() {
  load helper
  make_machine
  printf 'new\n' >"$BATS_TEST_TMPDIR/source"
}

@test "file::install creates parents, content and mode, and then changes nothing" {
  run library file::install "$BATS_TEST_TMPDIR/source" /etc/deep/file 600
  [[ $output == 'changed /etc/deep/file' ]]
  [[ $(<"$LABGEN_ROOT/etc/deep/file") == new ]]
  [[ $(stat --format=%a "$LABGEN_ROOT/etc/deep/file") == 600 ]]
  run library file::install "$BATS_TEST_TMPDIR/source" /etc/deep/file 600
  [[ $output == 'ok /etc/deep/file' ]]
}

@test "file::install corrects a mode that lets others read" {
  library file::install "$BATS_TEST_TMPDIR/source" /etc/file 600
  chmod 644 "$LABGEN_ROOT/etc/file"
  run library file::install "$BATS_TEST_TMPDIR/source" /etc/file 600
  [[ $output == 'changed /etc/file' ]]
  [[ $(stat --format=%a "$LABGEN_ROOT/etc/file") == 600 ]]
}

@test "file::install sees a difference in the last newline" {
  mkdir -p "$LABGEN_ROOT/etc"
  printf 'new' >"$LABGEN_ROOT/etc/file"
  chmod 644 "$LABGEN_ROOT/etc/file"
  run library file::install "$BATS_TEST_TMPDIR/source" /etc/file
  [[ $output == 'changed /etc/file' ]]
}

@test "file::install replaces a symbolic link and not the file behind it" {
  printf 'elsewhere\n' >"$LABGEN_ROOT/stub"
  ln --symbolic "$LABGEN_ROOT/stub" "$LABGEN_ROOT/etc/resolv.conf"
  library file::install "$BATS_TEST_TMPDIR/source" /etc/resolv.conf
  [[ ! -L $LABGEN_ROOT/etc/resolv.conf ]]
  [[ $(<"$LABGEN_ROOT/stub") == elsewhere ]]
}

@test "file::install names the source that labgen has not transferred" {
  run library file::install "$PAYLOAD/hosts" /etc/hosts
  assert_failure
  assert_contains "$output" "error: $PAYLOAD/hosts is missing"
}

@test "file::remove only reports what it removes" {
  mkdir -p "$LABGEN_ROOT/etc/cni"
  run library file::remove /etc/cni /etc/absent
  [[ $output == 'changed /etc/cni removed' ]]
  [[ ! -e $LABGEN_ROOT/etc/cni ]]
}

@test "file::remove works on a real machine, whose root has no prefix" {
  mkdir "$BATS_TEST_TMPDIR/stale"
  ROOT='' run library file::remove "$BATS_TEST_TMPDIR/stale"
  assert_success
  [[ ! -e $BATS_TEST_TMPDIR/stale ]]
}

@test "file::remove refuses to remove everything" {
  run library file::remove ''
  assert_failure
  [[ -d $LABGEN_ROOT/etc ]]
}

@test "service::run starts a stopped unit and leaves a running one alone" {
  run library service::run containerd /etc/x
  [[ $output == 'changed containerd started' ]]
  run library service::run containerd /etc/x
  [[ $output == 'ok containerd runs' ]]
}

@test "service::run restarts once after its file changed, even in a later run" {
  library service::run containerd
  library file::install "$BATS_TEST_TMPDIR/source" /etc/x
  run library service::run containerd /etc/x
  [[ $output == 'changed containerd restarted' ]]
  run library service::run containerd /etc/x
  [[ $output == 'ok containerd runs' ]]
}

@test "a restart that failed is tried again by the next run" {
  library file::install "$BATS_TEST_TMPDIR/source" /etc/x
  touch "$STATE/broken-keepalived"
  run library service::run keepalived /etc/x
  assert_failure
  assert_contains "$output" 'error: systemctl restart keepalived failed'
  assert_called 'journalctl --unit keepalived --lines 10 --no-pager --output cat'
  rm "$STATE/broken-keepalived"
  run library service::run keepalived /etc/x
  [[ $output == 'changed keepalived restarted' ]]
}

@test "service::refresh restarts a running unit and starts none" {
  library file::install "$BATS_TEST_TMPDIR/source" /etc/default/kubelet
  run library service::refresh kubelet /etc/default/kubelet
  [[ -z $output ]]
  library service::run kubelet
  library file::mark_changed /etc/default/kubelet
  run library service::refresh kubelet /etc/default/kubelet
  [[ $output == 'changed kubelet restarted' ]]
}

@test "without systemd, service::run only reports when the unit starts" {
  rm -r "$LABGEN_ROOT/run/systemd"
  run library service::run containerd /etc/x
  [[ $output == 'ok containerd starts at boot; systemd does not run here' ]]
  [[ ! -s $CALLS ]]
}

@test "service::enable calls systemd only when the unit is not enabled" {
  run library service::enable kubelet
  [[ $output == 'changed kubelet enabled' ]]
  : >"$CALLS"
  run library service::enable kubelet
  [[ $output == 'ok kubelet enabled' ]]
  [[ ! -s $CALLS ]]
}

@test "wait::until returns as soon as the command succeeds" {
  (
    sleep 0.3
    touch "$STATE/there"
  ) 3>&- &
  run library wait::until 5 'the file' test -e "$STATE/there"
  assert_success
}

@test "wait::until reports what it waited for and the last output" {
  run library wait::until 0 'the API server is ready' sh -c 'echo connection refused; exit 7'
  assert_failure
  assert_contains "$output" 'error: not within 0 s: the API server is ready; last seen: connection refused'
}

@test "pkg::ensure installs what is missing, and nothing else" {
  printf 'haproxy installed\nrunc config-files\n' >"$STATE/packages"
  run library pkg::ensure haproxy runc keepalived
  assert_contains "$output" 'changed packages: runc keepalived'
  grep --quiet '^apt-get .*--no-install-recommends .* install runc keepalived$' "$CALLS"
  : >"$CALLS"
  run library pkg::ensure haproxy runc keepalived
  [[ $output == 'ok packages' ]]
  [[ ! -s $CALLS ]]
}
