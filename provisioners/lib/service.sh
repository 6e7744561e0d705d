# systemd's services. Without a running systemd, as in an image build, they are only enabled.

service::booted() {
  [[ -d $ROOT/run/systemd/system ]]
}

service::active() {
  systemctl --quiet is-active "$1"
}

# service::enabled UNIT: tests the link itself, without a process.
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

# service::mask UNIT...: mask units, given by their full names, such as e2scrub_reap.service.
service::mask() {
  local unit unmasked=()
  for unit in "$@"; do
    [[ -L $ROOT/etc/systemd/system/$unit ]] || unmasked+=("$unit")
  done
  if ((${#unmasked[@]} == 0)); then
    report::ok "units masked"
    return
  fi
  # stderr names the units that this Debian does not have; masking them is harmless.
  systemctl --quiet mask "${unmasked[@]}" 2>/dev/null
  report::changed "units masked: ${unmasked[*]}"
}

# service::unit SOURCE PATH: install a unit file or drop-in and make systemd read it.
service::unit() {
  file::install "$1" "$2"
  if file::is_marked "$2"; then
    systemctl daemon-reload
    file::clear_mark "$2"
  fi
}

# service::command VERB UNIT: start or restart UNIT; on failure print the end of its journal.
service::command() {
  systemctl "$1" "$2" && return
  journalctl --unit "$2" --lines 10 --no-pager --output cat >&2 || true
  report::fail "systemctl $1 $2 failed; the unit's journal is above"
}

# service::run UNIT [FILE...]: start UNIT, or restart it if one of FILEs has changed.
service::run() {
  local unit=$1
  shift
  if ! service::booted; then
    report::ok "$unit starts at boot; systemd does not run here"
  elif file::is_marked "$@"; then
    record::unit "$unit"
    service::command restart "$unit"
    file::clear_mark "$@"
    report::changed "$unit restarted"
  elif service::active "$unit"; then
    report::ok "$unit runs"
  else
    record::unit "$unit"
    service::command start "$unit"
    report::changed "$unit started"
  fi
}

# service::refresh UNIT FILE...: restart UNIT if it runs and one of FILEs has changed.
service::refresh() {
  local unit=$1
  shift
  file::is_marked "$@" || return 0
  if service::active "$unit"; then
    service::command restart "$unit"
    report::changed "$unit restarted"
  fi
  file::clear_mark "$@"
}
