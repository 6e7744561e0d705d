# phases/kubernetes.sh: the programs of Kubernetes and the CNI, and a kubelet that waits for kubeadm.
# needs: KUBERNETES_VERSION
phase::kubernetes() {
  kubernetes::programs
  kubernetes::cni_plugins
  service::unit "$FILES/kubelet.service" /etc/systemd/system/kubelet.service
  file::install "$FILES/tmpfiles.conf" /etc/tmpfiles.d/labgen.conf
  # An image belongs to no machine yet and has none.
  if [[ -f $PAYLOAD/kubelet.default ]]; then
    file::install "$PAYLOAD/kubelet.default" /etc/default/kubelet
    service::refresh kubelet /etc/default/kubelet
  fi
  service::enable kubelet
}

# kubernetes::programs: from the bundle where it is there, else as the machine image has them.
kubernetes::programs() {
  local stamp=$ROOT/usr/local/share/labgen/kubernetes-version found='' program
  if [[ -d $BUNDLE/bin ]]; then
    for program in kubeadm kubelet kubectl etcdctl; do
      file::install_program "$BUNDLE/bin/$program" "/usr/local/bin/$program"
    done
    found=$("$ROOT/usr/local/bin/kubelet" --version)
    found=${found#Kubernetes }
    mkdir -p "${stamp%/*}"
    printf '%s\n' "$found" >"$stamp"
  elif [[ -f $stamp ]]; then
    read -r found <"$stamp"
  fi
  [[ $found == "$KUBERNETES_VERSION" ]] ||
    report::fail "Kubernetes here is ${found:-absent}, the lab wants $KUBERNETES_VERSION;" \
      "it is installed from $BUNDLE/bin"
  report::ok "Kubernetes $found"
}

# kubernetes::cni_plugins: Debian's and flannel's in the one directory where containerd looks.
kubernetes::cni_plugins() {
  local plugin made=0
  [[ -d $ROOT/opt/cni/bin ]] || mkdir -p "$ROOT/opt/cni/bin"
  for plugin in "$ROOT"/usr/lib/cni/*; do
    plugin=${plugin##*/}
    if [[ ! -L $ROOT/opt/cni/bin/$plugin ]]; then
      ln --symbolic --force "/usr/lib/cni/$plugin" "$ROOT/opt/cni/bin/$plugin"
      made=$((made + 1))
    fi
  done
  if ((made)); then
    report::changed "$made CNI plugins"
  else
    report::ok "CNI plugins"
  fi
  if [[ -d $BUNDLE/cni ]]; then
    file::install_program "$BUNDLE/cni/flannel" /opt/cni/bin/flannel
  elif [[ ! -x $ROOT/opt/cni/bin/flannel ]]; then
    report::fail "the CNI plugin flannel is neither in /opt/cni/bin nor in $BUNDLE/cni"
  fi
}
