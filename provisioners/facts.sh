#!/bin/bash
# Print facts about this machine, in lines of `WORD VALUE...`: facts.sh VIP PEER:PORT... -- NAME...
#
# It is read-only. It needs bash, coreutils, findutils and grep, which every Debian has. NAMEs are packages
# to check for. It sends ARP requests for VIP, TCP connections to each PEER, and nothing else.
export LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
PEER_TIMEOUT=2 # seconds: a lost SYN is sent again after one
# Ports that the machines of a cluster must be able to reach: etcd, the API server, the kubelet.
CLUSTER_PORTS=(2380 6443 10250)

facts::system() {
  local ID='' VERSION_ID='' VERSION_CODENAME='' PRETTY_NAME=''
  # os-release(5) defines the file as shell code
  [[ ! -r /etc/os-release ]] || source /etc/os-release
  printf 'os %s %s %s\n' "${ID:-unknown}" "${VERSION_ID:-0}" "${PRETTY_NAME:-unknown}"
  printf 'suite %s\n' "$VERSION_CODENAME"
  printf 'architecture %s\n' "$(uname -m)"
  printf 'cores %s\n' "$(nproc)"
  grep -s '^MemTotal:' /proc/meminfo
  printf 'disk %s\n' "$(stat --file-system --format='%a %S' /var/lib)"
  [[ ! -r /etc/machine-id ]] || printf 'machine-id %s\n' "$(</etc/machine-id)"
  [[ ! -d /run/systemd/system ]] || printf 'systemd running\n'
  [[ ! -e /run/systemd/container ]] || printf 'container %s\n' "$(</run/systemd/container)"
  [[ ! -e /sys/fs/cgroup/cgroup.controllers ]] || printf 'cgroup 2\n'
  grep -s '^CapEff:' /proc/self/status
  facts::swap
  facts::sysctl net.ipv4.ip_forward
  facts::sysctl net.bridge.bridge-nf-call-iptables
}

facts::swap() {
  local name
  while read -r name _; do
    [[ $name == Filename ]] || printf 'swap %s\n' "$name"
  done </proc/swaps
}

facts::sysctl() {
  local path=/proc/sys/${1//.//}
  [[ ! -r $path ]] || printf 'sysctl %s %s\n' "$1" "$(<"$path")"
}

# facts::network: read from the kernel, so that it works without iproute2, except for `address`.
facts::network() {
  local link name line
  for link in /sys/class/net/*; do
    name=${link##*/}
    [[ ! -r $link/address ]] || printf 'link %s %s\n' "$name" "$(<"$link/address")"
  done
  while read -r line; do
    printf 'route %s\n' "$line"
  done < <(tail -n +2 /proc/net/route)
  while read -r _ name _ line _; do
    printf 'address %s %s\n' "$name" "$line"
  done < <(ip -o -4 address show 2>/dev/null)
  grep -s -B 1 '/32 host LOCAL' /proc/net/fib_trie | grep -o '[0-9.]*$' | sort -u |
    while read -r line; do
      [[ $line != *.*.*.* ]] || printf 'local %s\n' "$line"
    done
}

# facts::ports: print the TCP ports that are in use, each with its program.
facts::ports() {
  local sockets owner socket key place state file
  declare -A owners=()
  sockets=$(find /proc/[0-9]*/fd -lname 'socket:*' -printf '%p %l\n' 2>/dev/null)
  while read -r owner socket; do
    [[ -z $socket ]] || owners[$socket]=${owner#/proc/}
  done <<<"$sockets"
  for file in /proc/net/tcp /proc/net/tcp6; do
    # columns, see proc(5): 2 is the local address in hex, 4 the state (0A is LISTEN), 10 the inode
    while read -r _ place _ state _ _ _ _ _ socket _; do
      [[ $state == 0A ]] || continue
      key="socket:[$socket]"
      owner=${owners[$key]:-}
      owner=${owner%%/*}
      [[ -z $owner ]] || owner=$(cat "/proc/$owner/comm" 2>/dev/null)
      printf 'listens %s %s\n' "$((16#${place##*:}))" "$owner"
    done < <(tail -n +2 "$file" 2>/dev/null)
  done
}

# facts::packages NAME...: print each NAME that is installed.
facts::packages() {
  local name status
  while read -r name status; do
    [[ $status != installed ]] || printf 'package %s\n' "$name"
  done < <(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null)
}

# facts::clusters: print the traces of a cluster that is or was on this machine.
facts::clusters() {
  local path line
  for path in /etc/kubernetes/*.conf /etc/kubernetes/manifests/* /var/lib/etcd/member \
    /var/lib/kubelet/config.yaml /etc/rancher /var/lib/rancher /var/snap/microk8s \
    /var/lib/k0s /var/lib/labgen/record /sys/class/net/cni0 /sys/class/net/flannel.1; do
    [[ ! -e $path ]] || printf 'cluster %s\n' "$path"
  done
  while read -r line; do
    case $line in
      LAB=* | API_ENDPOINT=*) printf 'lab %s\n' "$line" ;;
    esac
  done < <(cat /etc/labgen/lab.env 2>/dev/null)
  for path in haproxy keepalived ufw firewalld; do
    [[ ! -e /run/systemd/system ]] || ! systemctl --quiet is-active "$path" 2>/dev/null ||
      printf 'active %s\n' "$path"
  done
}

# facts::vip VIP: print the MAC address of another machine that answers ARP for VIP. An older entry is
# deleted from the ARP cache first. That needs iproute2; without it, wait until the kernel drops the
# entry: after 45 seconds at most it becomes stale, and eight seconds later its probes have failed.
facts::vip() {
  local left=1 mac
  mac=$(facts::neighbour "$1")
  if [[ -n $mac ]] && ! ip neighbour delete "$1" dev "$(facts::device)" 2>/dev/null; then
    left=55
  fi
  while facts::probe "$1" && ((left--)) && [[ $left == 0 || -n $mac ]]; do
    sleep 1
    mac=$(facts::neighbour "$1")
  done
  [[ -z $mac ]] || printf 'arp %s\n' "$mac"
}

# facts::probe ADDRESS: send a packet to the discard port, for which the kernel sends an ARP request.
facts::probe() {
  { printf 'x' >"/dev/udp/$1/9"; } 2>/dev/null || true
}

# facts::neighbour ADDRESS: print its MAC address, if the ARP cache has one.
facts::neighbour() {
  local address flags mac
  while read -r address _ flags mac _; do
    if [[ $address == "$1" && $mac != 00:00:00:00:00:00 && $flags != 0x0 ]]; then
      printf '%s' "$mac"
    fi
  done </proc/net/arp
}

# facts::device: print the interface of the default route, or of any other.
facts::device() {
  local name
  while read -r name _; do
    [[ $name == Iface ]] || break
  done </proc/net/route
  printf '%s' "$name"
}

# facts::peer ADDRESS PORT: print how it answers a connection. A refusal is an answer, too.
facts::peer() {
  local output answer=silent
  output=$(timeout "$PEER_TIMEOUT" bash -c "exec 3<>/dev/tcp/$1/$2" 2>&1)
  case $?:$output in
    0:*) answer=open ;;
    124:*) answer=silent ;;
    *refused*) answer=refused ;;
    *'No route'* | *unreachable*) answer=unreachable ;;
  esac
  printf 'peer %s %s %s\n' "$1" "$2" "$answer"
}

facts::peers() {
  local peer port
  for peer in "$@"; do
    facts::peer "${peer%:*}" "${peer##*:}" &
    for port in "${CLUSTER_PORTS[@]}"; do
      facts::peer "${peer%:*}" "$port" &
    done
  done
  wait
}

facts::all() {
  local vip=$1 peers=()
  shift
  while (($#)) && [[ $1 != -- ]]; do
    peers+=("$1")
    shift
  done
  shift
  facts::system
  facts::network
  facts::ports
  facts::packages "$@"
  facts::clusters
  facts::vip "$vip"
  facts::peers "${peers[@]}"
  printf 'end\n'
}

facts::all "$@"
