# Units that are held down: whoever starts one meets a condition that is never true. systemd's own
# restart of a service that died asks for no condition, and is switched off.

held::path() {
  printf '%s' "$ROOT/run/systemd/system/$1.service.d/zz-labgen-fault.conf"
}

# held::hold UNIT: from now on it does not start; what runs goes on.
held::hold() {
  local path
  path=$(held::path "$1")
  [[ ! -e $path ]] || held::is "$1" || report::fail "another fault holds $1 down already"
  mkdir -p "${path%/*}"
  printf '%s\n' "# fault $FAULT" '[Unit]' 'ConditionPathExists=!/' '[Service]' 'Restart=no' >"$path"
  systemctl daemon-reload
}

# held::kill UNIT: all its processes end by SIGKILL, and it stays down. They are stopped first: the
# death of one must not let another tidy up.
held::kill() {
  held::hold "$1"
  systemctl kill --kill-whom=all --signal=STOP "$1"
  systemctl kill --kill-whom=all --signal=KILL "$1"
  fault::effect
}

# held::stop UNIT: asked to end, and it stays down.
held::stop() {
  held::hold "$1"
  systemctl stop "$1"
  fault::effect
}

# held::release UNIT: it runs, as it should without a fault.
held::release() {
  local path
  path=$(held::path "$1")
  if [[ -e $path ]] && ! held::is "$1"; then
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

# held::is UNIT: by this very fault.
held::is() {
  local path line=''
  path=$(held::path "$1")
  [[ -e $path ]] || return 1
  read -r line <"$path"
  [[ $line == "# fault $FAULT" ]]
}
