# phases/kubernetes.sh: Kubernetes' programs, the CNI plugins, and a kubelet that waits for kubeadm.
# needs: KUBERNETES_VERSION
phase::kubernetes() {
  if [[ ${KUBERNETES_SOURCE:-bundle} == repository ]]; then
    kubernetes::repository # its packages include a unit
  else
    service::unit "$FILES/kubelet.service" /etc/systemd/system/kubelet.service
  fi
  kubernetes::programs
  kubernetes::cni_plugins
  # It depends on the machine, so a machine image has none.
  if [[ -f $PAYLOAD/kubelet.default ]]; then
    file::install "$PAYLOAD/kubelet.default" /etc/default/kubelet
    service::refresh kubelet /etc/default/kubelet
  fi
  service::enable kubelet
}

# kubernetes::repository: install the Kubernetes project's packages of kubeadm, kubelet and kubectl.
kubernetes::repository() {
  local key=/etc/apt/keyrings/kubernetes.asc list=/etc/apt/sources.list.d/kubernetes.list
  local url=https://pkgs.k8s.io/core:/stable:/${KUBERNETES_VERSION%.*}/deb version=${KUBERNETES_VERSION#v}
  if [[ ! -f $ROOT$key ]]; then
    curl --silent --show-error --fail --location --output "$PAYLOAD/kubernetes.asc" "$url/Release.key"
    file::install "$PAYLOAD/kubernetes.asc" "$key"
  fi
  printf 'deb [signed-by=%s] %s/ /\n' "$key" "$url" >"$PAYLOAD/kubernetes.list"
  file::install "$PAYLOAD/kubernetes.list" "$list"
  pkg::hold kubeadm="$version-*" kubelet="$version-*" kubectl="$version-*"
}

# kubernetes::programs: install them from the bundle. Without a bundle, the machine image has them.
kubernetes::programs() {
  local stamp=$ROOT/usr/local/share/labgen/kubernetes-version found='' program
  if [[ -d $BUNDLE/bin ]]; then
    for program in "$BUNDLE"/bin/*; do
      file::install_program "$program" "/usr/local/bin/${program##*/}"
    done
    found=$(PATH=$ROOT/usr/local/bin:$PATH kubelet --version)
    found=${found#Kubernetes }
    record::path "${stamp#"$ROOT"}"
    mkdir -p "${stamp%/*}"
    printf '%s\n' "$found" >"$stamp"
  elif [[ -f $stamp ]]; then
    read -r found <"$stamp"
  fi
  [[ $found == "$KUBERNETES_VERSION" ]] ||
    report::fail "the installed Kubernetes is ${found:-absent}, the lab needs $KUBERNETES_VERSION;" \
      "it is installed from $BUNDLE/bin"
  report::ok "Kubernetes $found"
}

# kubernetes::cni_plugins: put Debian's and flannel's plugins into the runtimes' plugin directory.
kubernetes::cni_plugins() {
  local plugin linked=0
  [[ -d $ROOT/opt/cni/bin ]] || mkdir -p "$ROOT/opt/cni/bin"
  for plugin in "$ROOT"/usr/lib/cni/*; do
    plugin=${plugin##*/}
    if [[ ! -L $ROOT/opt/cni/bin/$plugin ]]; then
      record::path "/opt/cni/bin/$plugin"
      ln --symbolic --force "/usr/lib/cni/$plugin" "$ROOT/opt/cni/bin/$plugin"
      linked=$((linked + 1))
    fi
  done
  if ((linked)); then
    report::changed "$linked CNI plugins"
  else
    report::ok "CNI plugins"
  fi
  if [[ -d $BUNDLE/cni ]]; then
    file::install_program "$BUNDLE/cni/flannel" /opt/cni/bin/flannel
  elif [[ ! -x $ROOT/opt/cni/bin/flannel ]]; then
    report::fail "the CNI plugin flannel is neither in /opt/cni/bin nor in $BUNDLE/cni"
  fi
}
