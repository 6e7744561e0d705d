# The phase load-balancer.

setup() {
  load helper
  make_machine
  printf 'frontend k8s-api\n' >"$PAYLOAD/haproxy.cfg"
  printf 'vrrp_instance VI_1 {\n}\n' >"$PAYLOAD/keepalived.conf"
  printf '#!/bin/sh\n' >"$PAYLOAD/check-haproxy"
  printf '[Service]\nExecStopPost=ip address flush\n' >"$PAYLOAD/keepalived-vip.conf"
  # Stands for HAProxy: accepts on a free port of the loopback interface.
  python3 -c '
import signal, socket, sys
listener = socket.create_server(("127.0.0.1", 0))
open(sys.argv[1], "w").write(str(listener.getsockname()[1]))
signal.pause()' "$STATE/port" 3>&- &
  LISTENER=$!
  for _ in {1..100}; do
    [[ ! -s $STATE/port ]] || break
    sleep 0.05
  done
  API_PORT=$(<"$STATE/port")
  export API_PORT
}

teardown() {
  kill "$LISTENER"
}

@test "keepalived gets real time where the kernel rations it, and no file about it elsewhere" {
  run_phases load-balancer
  [[ ! -e $LABGEN_ROOT/usr/local/libexec/labgen/real-time ]]
  mkdir -p "$LABGEN_ROOT/sys/fs/cgroup/cpu"
  : >"$LABGEN_ROOT/sys/fs/cgroup/cpu/cpu.rt_runtime_us"
  run_phases load-balancer
  assert_success
  [[ -x $LABGEN_ROOT/usr/local/libexec/labgen/real-time ]]
  assert_contains "$(<"$LABGEN_ROOT/etc/systemd/system/keepalived.service.d/labgen-real-time.conf")" \
    ExecStartPre=+-/usr/local/libexec/labgen/real-time
}

@test "both services run, are enabled, and a second run touches neither" {
  run_phases load-balancer
  assert_success
  [[ -x $LABGEN_ROOT/usr/local/libexec/labgen/check-haproxy ]]
  assert_called 'systemctl --quiet enable keepalived'
  : >"$CALLS"
  run_phases load-balancer
  assert_unchanged
  assert_not_called 'systemctl restart haproxy'
  assert_not_called 'systemctl daemon-reload'
}

@test "a change of keepalived.conf does not restart HAProxy" {
  run_phases load-balancer
  : >"$CALLS"
  printf 'vrrp_instance VI_2 {\n}\n' >"$PAYLOAD/keepalived.conf"
  run_phases load-balancer
  assert_success
  assert_called 'systemctl restart keepalived'
  assert_not_called 'systemctl restart haproxy'
}

@test "a configuration that HAProxy refuses leaves the old one in place and running" {
  run_phases load-balancer
  : >"$CALLS"
  printf 'broken\n' >"$PAYLOAD/haproxy.cfg"
  run_phases load-balancer
  assert_failure
  assert_contains "$stderr" "error: HAProxy refuses $PAYLOAD/haproxy.cfg, the old one stays"
  assert_contains "$stderr" "unknown keyword 'broken'"
  [[ $(<"$LABGEN_ROOT/etc/haproxy/haproxy.cfg") == 'frontend k8s-api' ]]
  assert_not_called 'systemctl restart haproxy'
}

@test "the VIP is claimed only after HAProxy answers" {
  kill "$LISTENER"
  wait "$LISTENER" || true
  sleep 60 3>&- &
  LISTENER=$!
  run_phases load-balancer
  assert_failure
  assert_contains "$stderr" "not within 5 s: a listener on port $API_PORT"
  assert_not_called 'systemctl restart keepalived'
}

@test "a scenario without check and safeguards has neither, and keepalived still runs" {
  rm "$PAYLOAD/check-haproxy" "$PAYLOAD/keepalived-vip.conf"
  run_phases load-balancer
  assert_success
  [[ ! -e $LABGEN_ROOT/usr/local/libexec/labgen/check-haproxy ]]
  [[ ! -e $LABGEN_ROOT/etc/systemd/system/keepalived.service.d/labgen-vip.conf ]]
  assert_called 'systemctl restart keepalived'
}

@test "only root may read keepalived's password" {
  run_phases load-balancer
  [[ $(stat --format=%a "$LABGEN_ROOT/etc/keepalived/keepalived.conf") == 600 ]]
}

@test "both services are restarted automatically" {
  run_phases load-balancer
  for unit in haproxy keepalived; do
    grep --quiet '^Restart=always' "$LABGEN_ROOT/etc/systemd/system/$unit.service.d/labgen.conf"
  done
}

@test "however keepalived ends, the VIP is removed with it" {
  run_phases load-balancer
  grep --quiet '^ExecStopPost=ip address flush' \
    "$LABGEN_ROOT/etc/systemd/system/keepalived.service.d/labgen-vip.conf"
  grep --quiet '^Restart=always' \
    "$LABGEN_ROOT/etc/systemd/system/keepalived.service.d/labgen.conf"
}
