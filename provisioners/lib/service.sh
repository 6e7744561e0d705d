# systemd's services. Without a running systemd (image build) they are only enabled.

service::booted() {
  [[ -d $ROOT/run/systemd/system ]]
}

service::active() {
  systemctl --quiet is-active "$1"
}

# service::enabled UNIT: asked of the link itself, which costs no process.
service::enabled() {
  [[ -L $ROOT/etc/systemd/system/multi-user.target.wants/$1.service ]]
}

service::enable() {
  if service::enabled "$1"; then
    report::ok "$1 enabled"
    return
  fi
  record::unit "$1"
  systemctl --quiet enable "$1"
  report::changed "$1 enabled"
}

service::disable() {
  if ! service::enabled "$1"; then
    report::ok "$1 disabled"
    return
  fi
  record::unit "$1"
  systemctl --quiet disable "$1"
  report::changed "$1 disabled"
}

# service::mask UNIT...: UNITs cannot start; full names, as in e2scrub_reap.service.
service::mask() {
  local unit unmasked=()
  for unit in "$@"; do
    [[ -L $ROOT/etc/systemd/system/$unit ]] || unmasked+=("$unit")
  done
  if ((${#unmasked[@]} == 0)); then
    report::ok "units masked"
    return
  fi
  # Says on stderr which units this Debian does not have; masking those is harmless.
  systemctl --quiet mask "${unmasked[@]}" 2>/dev/null
  report::changed "units masked: ${unmasked[*]}"
}

# service::unit SOURCE PATH: a unit file or drop-in, known to systemd.
service::unit() {
  file::install "$1" "$2"
  if file::noted "$2"; then
    systemctl daemon-reload
    file::forget "$2"
  fi
}

# service::command VERB UNIT: start or restart; a failure shows what the unit said.
service::command() {
  systemctl "$1" "$2" && return
  journalctl --unit "$2" --lines 10 --no-pager --output cat >&2 || true
  report::fail "systemctl $1 $2 failed; what the unit said stands above"
}

# service::run UNIT [FILE...]: UNIT runs, and runs with the present content of FILEs.
service::run() {
  local unit=$1
  shift
  if ! service::booted; then
    report::ok "$unit starts at boot, no systemd runs here"
  elif file::noted "$@"; then
    record::unit "$unit"
    service::command restart "$unit"
    file::forget "$@"
    report::changed "$unit restarted"
  elif service::active "$unit"; then
    report::ok "$unit runs"
  else
    record::unit "$unit"
    service::command start "$unit"
    report::changed "$unit started"
  fi
}

# service::refresh UNIT FILE...: UNIT is restarted if it runs with older content of FILEs.
service::refresh() {
  local unit=$1
  shift
  file::noted "$@" || return 0
  if service::active "$unit"; then
    service::command restart "$unit"
    report::changed "$unit restarted"
  fi
  file::forget "$@"
}
