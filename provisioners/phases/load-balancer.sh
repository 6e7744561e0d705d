# phases/load-balancer.sh: HAProxy in front of the API servers, and keepalived for the VIP.
# needs: API_PORT
phase::load_balancer() {
  service::unit "$FILES/restart.conf" /etc/systemd/system/haproxy.service.d/labgen.conf
  service::unit "$FILES/restart.conf" /etc/systemd/system/keepalived.service.d/labgen.conf
  # The scenario decides which of these files exist; a lab's scenario never changes.
  if [[ -f $PAYLOAD/keepalived-vip.conf ]]; then
    service::unit "$PAYLOAD/keepalived-vip.conf" \
      /etc/systemd/system/keepalived.service.d/labgen-vip.conf
  fi
  load_balancer::real_time
  load_balancer::check
  file::install "$PAYLOAD/haproxy.cfg" /etc/haproxy/haproxy.cfg
  service::enable haproxy
  service::run haproxy /etc/haproxy/haproxy.cfg
  if service::booted; then
    wait::listening 5 "$API_PORT"
  fi
  # keepalived comes last: a machine may claim the VIP only when its HAProxy answers.
  if [[ -f $PAYLOAD/check-haproxy ]]; then
    file::install "$PAYLOAD/check-haproxy" /usr/local/libexec/labgen/check-haproxy 755
  fi
  file::install "$PAYLOAD/keepalived.conf" /etc/keepalived/keepalived.conf 600
  service::enable keepalived
  service::run keepalived /etc/keepalived/keepalived.conf
}

# load_balancer::real_time: needed where the kernel limits real-time scheduling by cgroup.
load_balancer::real_time() {
  [[ -e $ROOT/sys/fs/cgroup/cpu/cpu.rt_runtime_us ]] || return 0
  file::install "$FILES/real-time" /usr/local/libexec/labgen/real-time 755
  service::unit "$FILES/real-time.conf" \
    /etc/systemd/system/keepalived.service.d/labgen-real-time.conf
}

# load_balancer::check: fail before an invalid configuration replaces one that works.
load_balancer::check() {
  local output
  file::exists "$PAYLOAD/haproxy.cfg"
  file::same_text "$PAYLOAD/haproxy.cfg" "$ROOT/etc/haproxy/haproxy.cfg" && return
  output=$(haproxy -c -f "$PAYLOAD/haproxy.cfg" 2>&1) ||
    report::fail "HAProxy refuses $PAYLOAD/haproxy.cfg, the old one stays: ${output//$'\n'/; }"
}
