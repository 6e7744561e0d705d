# Restores an existing machine to its original state, from its record (lib/record.sh). An interrupted
# run may have done any part of it already, so every function may be run again.

# restore::services: stop and disable labgen's own services; the owner's are enabled as before.
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

# restore::running: restart the services that ran before labgen, with their original files.
restore::running() {
  local unit active
  systemctl daemon-reload
  while read -r unit; do
    systemctl reset-failed "$unit" 2>/dev/null || true
    read -r _ active <<<"$(record::value units "$unit")"
    if [[ $active == active ]]; then
      systemctl --quiet restart "$unit" || report::ok "$unit ran before and does not start now"
    fi
  done < <(record::names units)
}

# restore::files: restore the files that labgen replaced, and remove those it created.
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
  kept=$(record::entry files "$1")
  mkdir -p "$ROOT${1%/*}"
  rm -rf "$new"
  cp --archive "$kept" "$new"
  if ! mv --force --no-target-directory "$new" "$ROOT$1" 2>/dev/null; then
    cat "$kept" >"$ROOT$1"
    rm -f "$new"
  fi
}

# restore::unmount PATH: unmount everything below PATH. A mount at PATH itself is the machine's disk
# and stays.
restore::unmount() {
  local point
  while read -r _ point _; do
    if [[ $point == "$1"/* ]]; then
      umount --lazy "$point" || true
    fi
  done < <(tac "$ROOT/proc/self/mounts")
}

# restore::packages: remove the packages that labgen installed, unless others need them by now.
restore::packages() {
  local installed unneeded=() purged=() removed=() name status
  mapfile -t installed < <(record::names packages)
  unset -v PKG_SOURCES
  dpkg --configure --pending >&2
  mapfile -t unneeded < <(restore::unneeded "${installed[@]}")
  for name in "${unneeded[@]}"; do
    # It was removed with its configuration kept, which is restored.
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
  done < <(pkg::states "${installed[@]}")
  report::changed "packages removed: ${#unneeded[@]} of ${#installed[@]}"
}

# restore::unneeded NAME...: print each installed NAME that no package outside of NAMEs depends on.
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

# restore::users: remove the users that packages have created; purging a package leaves them.
restore::users() {
  local name
  record::new_users
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

# restore::kernel: restore settings, modules, swap and the hostname.
restore::kernel() {
  local key path name device
  while read -r key; do
    # In a container only net.* is the machine's own; the others belong to the host.
    [[ $key == net.* ]] || ! kernel::shared || continue
    path=$ROOT/proc/sys/${key//.//}
    { record::value sysctl "$key" >"$path"; } 2>/dev/null || true
  done < <(record::names sysctl)
  while read -r name; do
    modprobe --quiet --remove "$name" 2>/dev/null || true
  done < <(record::names modules)
  if [[ -e $(record::entry swaps on) ]]; then
    while read -r device; do
      swapon "$device" 2>/dev/null || report::ok "swap $device cannot be enabled any more"
    done < <(record::value swaps on)
  fi
  if [[ -e $(record::entry hostname now) ]]; then
    hostname "$(record::value hostname now)"
  fi
  report::changed "kernel settings"
}
