# phases/runtime-packages.sh: the packages of Docker and CRI-O, which machine images do not have.
# needs: RUNTIME
phase::runtime_packages() {
  case $RUNTIME in
    docker) pkg::ensure docker.io docker-cli ;;
    cri-o) pkg::ensure conmon skopeo ;;
  esac
}
