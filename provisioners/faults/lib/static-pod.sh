# Static pods whose manifest is moved out of the kubelet's directory. It is kept on the disk, so that the
# pod also stays away after a boot.

MANIFESTS=/etc/kubernetes/manifests
PARKED=/etc/kubernetes/labgen/parked

static_pod_stopped::inject() {
  static_pod::stop "$1"
  fault::effect
}

static_pod_stopped::heal() {
  static_pod::restore "$1"
}

static_pod_stopped::is_active() {
  static_pod::is_parked "$1"
}

# static_pod::stop NAME: park its manifest and kill its process, which has the same name.
static_pod::stop() {
  mkdir -p "$ROOT$PARKED"
  if [[ -e $ROOT$MANIFESTS/$1.yaml ]]; then
    mv "$ROOT$MANIFESTS/$1.yaml" "$ROOT$PARKED/$1.yaml"
  fi
  pkill --signal KILL --exact "$1" || true
}

# static_pod::restore NAME: put the manifest back, unless the directory has a newer one by now.
static_pod::restore() {
  if ! static_pod::is_parked "$1"; then
    report::ok "manifest of $1"
    return
  fi
  mv --no-clobber "$ROOT$PARKED/$1.yaml" "$ROOT$MANIFESTS/$1.yaml"
  rm -f "$ROOT$PARKED/$1.yaml"
  report::changed "manifest of $1 restored"
}

static_pod::is_parked() {
  [[ -e $ROOT$PARKED/$1.yaml ]]
}
