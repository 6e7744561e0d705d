# Blocked units: a drop-in gives the unit a condition that is never true, so it cannot be started.
# systemd's automatic restart does not check conditions and is disabled too.

unit_stopped::inject() {
  unit_block::install "$1"
  systemctl stop "$1"
  fault::effect
}

unit_stopped::heal() {
  unit_block::remove "$1"
}

unit_stopped::is_active() {
  unit_block::is_installed "$1"
}

# unit_killed::inject UNIT: the processes are suspended first, so that none can clean up after the death
# of another.
unit_killed::inject() {
  unit_block::install "$1"
  systemctl kill --kill-whom=all --signal=STOP "$1"
  systemctl kill --kill-whom=all --signal=KILL "$1"
  fault::effect
}

unit_killed::heal() {
  unit_block::remove "$1"
}

unit_killed::is_active() {
  unit_block::is_installed "$1"
}

unit_block::path() {
  printf '%s' "$ROOT/run/systemd/system/$1.service.d/zz-labgen-fault.conf"
}

# unit_block::install UNIT: keep UNIT from starting. Running processes continue.
unit_block::install() {
  local path
  path=$(unit_block::path "$1")
  [[ ! -e $path ]] || unit_block::is_installed "$1" || report::fail "another fault blocks $1 already"
  mkdir -p "${path%/*}"
  printf '%s\n' "# fault $FAULT" '[Unit]' 'ConditionPathExists=!/' '[Service]' 'Restart=no' >"$path"
  systemctl daemon-reload
}

# unit_block::remove UNIT: unblock UNIT and start it, unless another fault blocks it.
unit_block::remove() {
  local path
  path=$(unit_block::path "$1")
  if [[ -e $path ]] && ! unit_block::is_installed "$1"; then
    report::ok "another fault blocks $1"
    return
  fi
  if [[ -e $path ]]; then
    rm "$path"
    systemctl daemon-reload
    report::changed "$1 unblocked"
  fi
  if systemctl --quiet is-active "$1"; then
    report::ok "$1 runs"
  else
    systemctl start "$1"
    report::changed "$1 started"
  fi
}

# unit_block::is_installed UNIT: the running fault, and no other, blocks UNIT.
unit_block::is_installed() {
  local path line=''
  path=$(unit_block::path "$1")
  [[ -e $path ]] || return 1
  read -r line <"$path"
  [[ $line == "# fault $FAULT" ]]
}
