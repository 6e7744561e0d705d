# Units that are held down: whoever starts one meets a condition that is never true. systemd's own
# restart of a service that died asks for no condition, and is switched off.

unit_block::path() {
  printf '%s' "$ROOT/run/systemd/system/$1.service.d/zz-labgen-fault.conf"
}

# unit_block::hold UNIT: from now on it does not start; what runs goes on.
unit_block::hold() {
  local path
  path=$(unit_block::path "$1")
  [[ ! -e $path ]] || unit_block::is "$1" || report::fail "another fault holds $1 down already"
  mkdir -p "${path%/*}"
  printf '%s\n' "# fault $FAULT" '[Unit]' 'ConditionPathExists=!/' '[Service]' 'Restart=no' >"$path"
  systemctl daemon-reload
}

# unit_block::kill UNIT: all its processes end by SIGKILL, and it stays down. They are stopped first: the
# death of one must not let another tidy up.
unit_block::kill() {
  unit_block::hold "$1"
  systemctl kill --kill-whom=all --signal=STOP "$1"
  systemctl kill --kill-whom=all --signal=KILL "$1"
  fault::effect
}

# unit_block::stop UNIT: asked to end, and it stays down.
unit_block::stop() {
  unit_block::hold "$1"
  systemctl stop "$1"
  fault::effect
}

# unit_block::release UNIT: it runs, as it should without a fault.
unit_block::release() {
  local path
  path=$(unit_block::path "$1")
  if [[ -e $path ]] && ! unit_block::is "$1"; then
    report::ok "another fault holds $1 down"
    return
  fi
  if [[ -e $path ]]; then
    rm "$path"
    systemctl daemon-reload
    report::changed "$1 may start"
  fi
  if systemctl --quiet is-active "$1"; then
    report::ok "$1 runs"
  else
    systemctl start "$1"
    report::changed "$1 started"
  fi
}

# unit_block::is UNIT: by this very fault.
unit_block::is() {
  local path line=''
  path=$(unit_block::path "$1")
  [[ -e $path ]] || return 1
  read -r line <"$path"
  [[ $line == "# fault $FAULT" ]]
}
