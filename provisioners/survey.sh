#!/bin/bash
# What this machine is, in lines of `WORD VALUE...`; nothing is changed: survey.sh VIP PEER:PORT... -- NAME...
#
# It wants bash, coreutils, findutils and grep, which every Debian has. VIP is asked for by ARP, each
# PEER by TCP; NAMEs are packages. It sends nothing else.
export LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
PATIENCE=2 # seconds for a peer, twice as long as the first retry of a lost SYN takes
# Ports that a cluster's machines have to reach on each other: etcd, the API server, the kubelet.
CLUSTER_PORTS=(2380 6443 10250)

survey::system() {
  local ID='' VERSION_ID='' VERSION_CODENAME='' PRETTY_NAME=''
  # shell by its own definition: os-release(5)
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
  survey::swap
  survey::sysctl net.ipv4.ip_forward
  survey::sysctl net.bridge.bridge-nf-call-iptables
}

survey::swap() {
  local name
  while read -r name _; do
    [[ $name == Filename ]] || printf 'swap %s\n' "$name"
  done </proc/swaps
}

survey::sysctl() {
  local path=/proc/sys/${1//.//}
  [[ ! -r $path ]] || printf 'sysctl %s %s\n' "$1" "$(<"$path")"
}

# survey::network: as the kernel tells it, also where there is no iproute2.
survey::network() {
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

# survey::ports: what listens for TCP, and which program does.
survey::ports() {
  local sockets owner socket key place state file
  declare -A owners=()
  sockets=$(find /proc/[0-9]*/fd -lname 'socket:*' -printf '%p %l\n' 2>/dev/null)
  while read -r owner socket; do
    [[ -z $socket ]] || owners[$socket]=${owner#/proc/}
  done <<<"$sockets"
  for file in /proc/net/tcp /proc/net/tcp6; do
    # columns of proc(5): 2 the local address in hex, 4 the state (0A listens), 10 the inode
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

# survey::packages NAME...: those of them that are installed.
survey::packages() {
  local name status
  while read -r name status; do
    [[ $status != installed ]] || printf 'package %s\n' "$name"
  done < <(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null)
}

# survey::clusters: signs of a cluster that is or was on this machine.
survey::clusters() {
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

# survey::vip VIP: whether another machine answers ARP for it. What this machine remembers of the past
# is forgotten. Without iproute2 the kernel forgets by itself: after 45 seconds at most it doubts, and
# after eight more it has asked often enough.
survey::vip() {
  local left=1 mac
  mac=$(survey::neighbour "$1")
  if [[ -n $mac ]] && ! ip neighbour delete "$1" dev "$(survey::device)" 2>/dev/null; then
    left=55
  fi
  while survey::ask "$1" && ((left--)) && [[ $left == 0 || -n $mac ]]; do
    sleep 1
    mac=$(survey::neighbour "$1")
  done
  [[ -z $mac ]] || printf 'arp %s\n' "$mac"
}

# survey::ask ADDRESS: a packet for nobody: the kernel asks who has the address.
survey::ask() {
  { printf 'x' >"/dev/udp/$1/9"; } 2>/dev/null || true
}

# survey::neighbour ADDRESS: its hardware address, as far as this machine knows one.
survey::neighbour() {
  local address flags mac
  while read -r address _ flags mac _; do
    if [[ $address == "$1" && $mac != 00:00:00:00:00:00 && $flags != 0x0 ]]; then
      printf '%s' "$mac"
    fi
  done </proc/net/arp
}

# survey::device: the interface of the default route, or any.
survey::device() {
  local name
  while read -r name _; do
    [[ $name == Iface ]] || break
  done </proc/net/route
  printf '%s' "$name"
}

# survey::peer ADDRESS PORT: whether anything at all comes back, be it a refusal.
survey::peer() {
  local said answer=silent
  said=$(timeout "$PATIENCE" bash -c "exec 3<>/dev/tcp/$1/$2" 2>&1)
  case $?:$said in
    0:*) answer=open ;;
    124:*) answer=silent ;;
    *refused*) answer=refused ;;
    *'No route'* | *unreachable*) answer=unreachable ;;
  esac
  printf 'peer %s %s %s\n' "$1" "$2" "$answer"
}

survey::peers() {
  local peer port
  for peer in "$@"; do
    survey::peer "${peer%:*}" "${peer##*:}" &
    for port in "${CLUSTER_PORTS[@]}"; do
      survey::peer "${peer%:*}" "$port" &
    done
  done
  wait
}

survey::all() {
  local vip=$1 peers=()
  shift
  while (($#)) && [[ $1 != -- ]]; do
    peers+=("$1")
    shift
  done
  shift
  survey::system
  survey::network
  survey::ports
  survey::packages "$@"
  survey::clusters
  survey::vip "$vip"
  survey::peers "${peers[@]}"
  printf 'end\n'
}

survey::all "$@"
