# The kernel's modules, settings and swap. A system container uses the host's kernel.

# kernel::shared: this machine is a container, or an image for one.
kernel::shared() {
  [[ ${MACHINE_IMAGE:-} == container || -e $ROOT/run/systemd/container ]]
}

# kernel::module NAME: load the module if possible. Built-in modules and the host's cannot be loaded.
kernel::module() {
  if [[ -d $ROOT/sys/module/$1 ]]; then
    report::ok "module $1"
  elif record::note modules "$1" '' && modprobe --quiet "$1" 2>/dev/null; then
    report::changed "module $1"
  else
    report::ok "module $1 built in or not loadable here"
  fi
}

# kernel::require_sysctl KEY VALUE: set it in the running kernel, or fail the run.
kernel::require_sysctl() {
  kernel::set_sysctl "$1" "$2" ||
    report::fail "sysctl $1 must be $2 and cannot be set here; set it on the host of this machine"
}

# kernel::prefer_sysctl KEY VALUE: set it in the running kernel if possible.
kernel::prefer_sysctl() {
  kernel::set_sysctl "$1" "$2" || report::ok "sysctl $1 cannot be set here"
}

kernel::set_sysctl() {
  local path=$ROOT/proc/sys/${1//.//} now=''
  [[ -e $path ]] || return 1
  read -r now <"$path" || return 1
  if [[ $now == "$2" ]]; then
    report::ok "sysctl $1"
    return
  fi
  record::note sysctl "$1" "$now"
  { printf '%s\n' "$2" >"$path"; } 2>/dev/null || return 1
  report::changed "sysctl $1 = $2"
}

# kernel::swap_off: the kubelet's memory accounting assumes no swap. A shared kernel's swap belongs to
# the host and stays.
kernel::swap_off() {
  local swaps
  mapfile -t swaps <"$ROOT/proc/swaps"
  if kernel::shared; then
    report::ok "swap is the host's"
  elif ((${#swaps[@]} <= 1)); then # the first line is the heading
    report::ok "no swap"
  else
    record::path /etc/fstab
    record::note swaps on "$(printf '%s\n' "${swaps[@]:1}" | cut --delimiter=' ' --fields=1)"
    swapoff --all
    sed --in-place '/^[^#]\S*\s\+\S\+\s\+swap\s/s/^/#/' "$ROOT/etc/fstab"
    report::changed "swap off"
  fi
}
