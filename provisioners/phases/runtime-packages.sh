# phases/runtime-packages.sh: the Debian packages of a container runtime that machine images lack.
# needs: RUNTIME
phase::runtime_packages() {
  case $RUNTIME in
    docker) pkg::ensure docker.io docker-cli ;;
    cri-o) pkg::ensure conmon skopeo ;;
  esac
}
