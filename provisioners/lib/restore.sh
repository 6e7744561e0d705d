# A machine of someone's own as it was before labgen came: by the notes of its record (lib/record.sh).
# Everything here may have been done already, by a run that was cut off.

# restore::services: labgen's own are stopped and off; those that were there are as they were.
restore::services() {
  local unit enabled active
  while read -r unit; do
    read -r enabled active <<<"$(record::value units "$unit")"
    if [[ $active != active && $active != activating ]]; then
      systemctl --quiet stop "$unit" 2>/dev/null || true
    fi
    if [[ $enabled != enabled ]]; then
      systemctl --quiet disable "$unit" 2>/dev/null || true
    fi
  done < <(record::names units)
  report::changed "services"
}

# restore::running: what ran before and was there before runs, with its own files.
restore::running() {
  local unit active
  systemctl daemon-reload
  while read -r unit; do
    systemctl reset-failed "$unit" 2>/dev/null || true
    read -r _ active <<<"$(record::value units "$unit")"
    if [[ $active == active ]]; then
      systemctl --quiet restart "$unit" || report::ok "$unit ran before, and does not start"
    fi
  done < <(record::names units)
}

# restore::files: replaced ones are back, new ones gone.
restore::files() {
  local path
  while read -r path; do
    [[ -f $ROOT$path ]] || continue
    file::without_block "$ROOT$path" >"$ROOT$path.labgen-block"
    file::replace "$ROOT$path.labgen-block" "$ROOT$path"
    rm -f "$ROOT$path.labgen-block"
  done < <(record::names blocks)
  while read -r path; do
    restore::file "$path"
  done < <(record::names files)
  while read -r path; do
    restore::unmount "$path"
    rm -rf -- "$ROOT$path"
  done < <(record::names absent)
  while read -r path; do
    restore::unmount "$path"
    find "$ROOT$path" -mindepth 1 ! -name lost+found -delete
  done < <(record::names empty)
  while read -r path; do
    rmdir "$ROOT$path" 2>/dev/null || true
  done < <(record::names unfilled | sort --reverse)
  report::changed "files"
}

restore::file() {
  local kept new=$ROOT$1.labgen-new
  kept=$(record::place files "$1")
  mkdir -p "$ROOT${1%/*}"
  rm -rf "$new"
  cp --archive "$kept" "$new"
  if ! mv --force --no-target-directory "$new" "$ROOT$1" 2>/dev/null; then
    cat "$kept" >"$ROOT$1"
    rm -f "$new"
  fi
}

# restore::unmount PATH: nothing is mounted below PATH; a mount at PATH itself is the machine's disk.
restore::unmount() {
  local point
  while read -r _ point _; do
    if [[ $point == "$1"/* ]]; then
      umount --lazy "$point" || true
    fi
  done < <(tac "$ROOT/proc/self/mounts")
}

# restore::packages: those that came with labgen go, unless others need them by now.
restore::packages() {
  local came unneeded=() purged=() removed=() name status
  mapfile -t came < <(record::names packages)
  unset -v PKG_SOURCES
  dpkg --configure --pending >&2
  mapfile -t unneeded < <(restore::unneeded "${came[@]}")
  for name in "${unneeded[@]}"; do
    # One that was removed before labgen came, and its configuration kept, is so again.
    if [[ $(record::value packages "$name") == config-files ]]; then
      removed+=("$name")
    else
      purged+=("$name")
    fi
  done
  ((${#removed[@]} == 0)) || pkg::apt remove "${removed[@]}" >&2
  ((${#purged[@]} == 0)) || pkg::apt --purge remove "${purged[@]}" >&2
  while read -r name status; do
    if [[ $status == config-files && $(record::value packages "$name") != config-files ]]; then
      dpkg --purge "$name" >&2
    fi
  done < <(pkg::states "${came[@]}")
  report::changed "packages removed: ${#unneeded[@]} of ${#came[@]}"
}

# restore::unneeded NAME...: those of NAMEs that are installed and that nothing but others of them needs.
restore::unneeded() {
  local there=() name status plan
  while read -r name status; do
    [[ $status != installed ]] || there+=("$name")
  done < <(pkg::states "$@")
  ((${#there[@]})) || return 0
  apt-mark --quiet --quiet unhold "${there[@]}" >/dev/null
  apt-mark --quiet --quiet auto "${there[@]}" >/dev/null
  plan=$(pkg::apt --option APT::AutoRemove::RecommendsImportant=false \
    --option APT::AutoRemove::SuggestsImportant=false --simulate autoremove)
  comm -12 <(printf '%s\n' "${there[@]}" | sort) \
    <(sed --quiet 's/^\(Purg\|Remv\) \([^ ]*\).*/\2/p' <<<"$plan" | sort)
}

# restore::users: those that came with packages, which leave them behind.
restore::users() {
  local name
  record::users_came
  while read -r name; do
    if getent passwd "${name#new/}" >/dev/null; then
      userdel "${name#new/}" 2>/dev/null || true
    fi
  done < <(record::names users)
  while read -r name; do
    if getent group "${name#new/}" >/dev/null; then
      groupdel "${name#new/}" 2>/dev/null || true
    fi
  done < <(record::names groups)
}

# restore::kernel: settings, modules and swap.
restore::kernel() {
  local key path name device
  while read -r key; do
    # Those that are not the network's belong to the host, and to whoever else runs there.
    [[ $key == net.* ]] || ! kernel::shared || continue
    path=$ROOT/proc/sys/${key//.//}
    { record::value sysctl "$key" >"$path"; } 2>/dev/null || true
  done < <(record::names sysctl)
  while read -r name; do
    modprobe --quiet --remove "$name" 2>/dev/null || true
  done < <(record::names modules)
  if [[ -e $(record::place swaps on) ]]; then
    while read -r device; do
      swapon "$device" 2>/dev/null || report::ok "swap $device cannot be used any more"
    done < <(record::value swaps on)
  fi
  if [[ -e $(record::place hostname now) ]]; then
    hostname "$(record::value hostname now)"
  fi
  report::changed "kernel's settings"
}
