# Static pods whose manifest is taken away from the kubelet. It lies on the disk, beside its place:
# what is away stays away when the machine boots.

MANIFESTS=/etc/kubernetes/manifests
AWAY=/etc/kubernetes/labgen/away

static_pod::take() {
  mkdir -p "$ROOT$AWAY"
  if [[ -e $ROOT$MANIFESTS/$1.yaml ]]; then
    mv "$ROOT$MANIFESTS/$1.yaml" "$ROOT$AWAY/$1.yaml"
  fi
}

# static_pod::end NAME: its process, of the same name, ends by SIGKILL and is not started again.
static_pod::end() {
  static_pod::take "$1"
  pkill --signal KILL --exact "$1" || true
}

# static_pod::give_back NAME: a manifest that came back by another way wins.
static_pod::give_back() {
  if ! static_pod::is_away "$1"; then
    report::ok "manifest of $1"
    return
  fi
  mv --no-clobber "$ROOT$AWAY/$1.yaml" "$ROOT$MANIFESTS/$1.yaml"
  rm -f "$ROOT$AWAY/$1.yaml"
  report::changed "manifest of $1 is back"
}

static_pod::is_away() {
  [[ -e $ROOT$AWAY/$1.yaml ]]
}
