"""What each field of a scenario means, in words for people. Types and defaults are the schema's."""

HEAD = """\
# Scenario files

<!-- generated: .venv/bin/python -m tools.reference -->

A scenario is one YAML file. Only `name` and `machines` with one group of control planes are
required. `labgen scenario show NAME` prints a scenario with every default filled in,
`labgen scenario validate FILE` prints all its mistakes at once.

Durations are a number and `ms`, `s` or `m`: `250ms`, `1.5s`. Sizes are a number and `MiB`, `GiB` or
`TiB`: `2GiB`. Unknown and duplicate keys are mistakes.
"""

TAIL = """\
How these values make up the time of a failover: [../explanation/ha.md](../explanation/ha.md).

## Overrides

`-s KEY=VALUE` replaces single values: with `up`, `plan`, `render`, `scenario show` and `scenario
validate`. The value is YAML. Overrides go through the same checks as the file.

```sh
labgen scenario show ha-3x3 -s kubernetes.cni.backend=host-gw -s 'machines[1].count=5'
```

## Where scenarios are found

A word with a `/` in it or with `.yaml` at its end is a path. Any other word is a name: first
`./scenarios/NAME.yaml`, then the scenarios that come with labgen.
"""

MEANINGS = {
    "apiVersion": "Version of this format.",
    "kind": "What the file is.",
    "name": (
        "Name of the scenario, and of the lab unless `--name` gives another. A lab's name has 40 "
        "characters at most."
    ),
    "description": "One sentence for `labgen scenario list`.",
    "kubernetes.version": "A version that labgen has a bundle for.",
    "kubernetes.podSubnet": "Addresses of pods. Each machine needs a /24 of it.",
    "kubernetes.serviceSubnet": "Addresses of services. kubeadm takes /12 to /28.",
    "kubernetes.cni.name": "The pod network.",
    "kubernetes.cni.backend": "`vxlan`: a tunnel between machines. `host-gw`: plain routes.",
    "kubernetes.certificates": (
        "How the other control planes come by the keys of the cluster's authorities. `upload`: "
        "kubeadm puts them into the cluster, encrypted, for two hours. `copy`: as files from the "
        "first one, with its `admin.conf`."
    ),
    "kubernetes.runtime": (
        "The machines' container runtime. "
        "[How to have another than containerd](../how-to/container-runtimes.md)."
    ),
    "network.subnet": (
        "The machines' network. `auto`: the first /24 from 10.89.0.0 on that no route of this "
        "host and no other lab touches."
    ),
    "network.vip": (
        "The virtual address of the API, within the subnet. `auto`: host number 244; where the "
        "subnet has no such number or a machine has it, the highest one free. Needs a subnet "
        "of your own."
    ),
    "network.firstHost": (
        "Host number of the first machine; the others follow in the order of `machines`. "
        "Number 1 is the host itself."
    ),
    "network.apiPort": (
        "HAProxy's port, on the VIP and on every control plane. The API servers listen on 6443."
    ),
    "loadBalancer.profile": (
        "Where `timings` come from that are not set: see below. `emulated` is for virtual machines "
        "without KVM."
    ),
    "loadBalancer.endpoint": (
        "What clients reach behind the VIP, kubeadm's `controlPlaneEndpoint`. `haproxy`: "
        "VIP:apiPort, and HAProxy spreads over all API servers. `api-server`: VIP:6443, the "
        "holder's own one; HAProxy runs, and nobody uses it."
    ),
    "loadBalancer.keepalived.vrrpVersion": (
        "`vrrp_version`. Version 2 counts adverts in whole seconds, and only it authenticates."
    ),
    "loadBalancer.keepalived.peers": (
        "`unicast`: masters are named by `unicast_peer`. `multicast`: adverts go to 224.0.0.18."
    ),
    "loadBalancer.keepalived.authentication": (
        "`auth_type` of adverts, with a password of the lab's own. Needs `vrrpVersion: 2`."
    ),
    "loadBalancer.keepalived.priorities": (
        "`priority` of each control plane in their order, 1 to 254, the highest first. `auto`: "
        "250, 190, 130; closer together where there are more than five."
    ),
    "loadBalancer.keepalived.trackScript": (
        "`haproxy`: a master whose HAProxy does not answer gives the VIP away (`track_script`). "
        "`none`: the VIP stays, whatever becomes of HAProxy."
    ),
    "loadBalancer.keepalived.safeguards": (
        "What guides leave out: keepalived before all else on the machine (`vrrp_rt_priority`), "
        "the VIP off when it dies (`ExecStopPost`), one owner again after a partition "
        "(`higher_prio_send_advert`)."
    ),
    "loadBalancer.haproxy.bind": (
        "What the frontend listens on: `*`, `machine` for the machine's own address, addresses."
    ),
    "loadBalancer.haproxy.check": (
        "`http`: `GET /readyz` over TLS must answer 200. `tcp`: `tcp-check`, a port that takes "
        "connections is enough."
    ),
    "loadBalancer.haproxy.slowStart": (
        "`slowstart`: for so long the share of an API server grows that has come back."
    ),
    "loadBalancer.haproxy.maxconn": "`maxconn` of each API server; 0: no limit.",
    "loadBalancer.haproxy.maxqueue": (
        "`maxqueue` of each API server: so many connections wait for it; 0: no limit."
    ),
    "loadBalancer.haproxy.weight": "`weight` of each API server.",
    "loadBalancer.haproxy.log": "`tcplog`: each connection in the machine's journal.",
    "loadBalancer.haproxy.safeguards": (
        "What guides leave out: another API server at the first retry (`option redispatch 1`), two "
        "failed connections take one out (`observe layer4`), sessions to a machine without power "
        "end (`tcp-ut`, `srvtcpka`)."
    ),
    "loadBalancer.timings.advertInterval": (
        "How often the VIP's holder says that it is alive (keepalived `advert_int`). Three "
        "missed ones move the VIP. A multiple of 10ms, at most 40.95s."
    ),
    "loadBalancer.timings.scriptInterval": (
        "How often keepalived asks its own machine's HAProxy whether it is alive. Whole seconds."
    ),
    "loadBalancer.timings.scriptTimeout": (
        "How long HAProxy may take to answer that: a slow one keeps the VIP, a dead one refuses at "
        "once. Whole seconds."
    ),
    "loadBalancer.timings.scriptFall": "So many bad answers in a row give the VIP away.",
    "loadBalancer.timings.scriptRise": "So many good answers in a row allow to hold it again.",
    "loadBalancer.timings.connectTimeout": (
        "How long HAProxy waits for an API server to take a connection (`timeout connect`)."
    ),
    "loadBalancer.timings.checkTimeout": (
        "How long HAProxy waits for the answer to a check (`timeout check`)."
    ),
    "loadBalancer.timings.checkInterval": "Time between checks of a healthy API server (`inter`).",
    "loadBalancer.timings.fastInterval": (
        "Time between checks of one that is about to change its state (`fastinter`)."
    ),
    "loadBalancer.timings.downInterval": "Time between checks of one that is down (`downinter`).",
    "loadBalancer.timings.rise": "So many good checks in a row put an API server in.",
    "loadBalancer.timings.fall": "So many bad checks in a row take it out.",
    "loadBalancer.timings.retries": (
        "So often HAProxy tries again when an API server takes no connection, each time "
        "another one."
    ),
    "loadBalancer.timings.slowdown": (
        "So many times as long as usual may everything take that has no time of its own here: "
        "etcd's heartbeat (100ms) and election (1s), kubeadm's waits, Kubernetes' leases, labgen's "
        "waits."
    ),
    "loadBalancer.timings.budget": (
        "The longest gap of the API that the acceptance suite accepts when the holder's power "
        "is cut. Configures nothing."
    ),
    "machines[].role": "What the machines of the group are.",
    "machines[].prefix": (
        "Names are this and a number from 1. Left out: `master` for control planes, `node` for "
        "workers."
    ),
    "machines[].count": (
        "So many machines. The control planes of all groups together must be an odd number: "
        "etcd needs a majority."
    ),
    "machines[].cpus": "Processors. A control plane needs 2. Machine-containers do not enforce it.",
    "machines[].memory": "A control plane needs 1700MiB. Machine-containers do not enforce it.",
    "machines[].disk": "Machine-containers do not enforce it.",
    "machines[].hosts[].address": (
        "A machine that exists, by its own address within `network.subnet`; in place of `count` "
        "and sizes. Only with provider `ssh`."
    ),
    "machines[].hosts[].name": "Its name in the cluster; by default the prefix and a number.",
    "machines[].hosts[].user": "Login; one that is not root is root by sudo.",
    "machines[].hosts[].port": "Where its sshd listens.",
    "machines[].hosts[].key": "File with the private key of the login.",
    "machines[].hosts[].hostKey": (
        "Its sshd's public key. Without it, the key that your own `known_hosts` has for it."
    ),
    "machines[].hosts[].sudoPasswordFile": "File with the password that sudo wants of the login.",
    "machines[].hosts[].power.on": (
        "Command for this host that switches the machine on, for faults of power; run without a "
        "shell. It must be fine with a machine that is on."
    ),
    "machines[].hosts[].power.off": "The same for switching it off at once, as by a pulled plug.",
    "provider.name": (
        "Where machines come from. `auto`: `libvirt` where this host has it, with a box and "
        "a KVM that boots it; else `container`. `ssh`: they exist, see `machines[].hosts`."
    ),
    "provider.uri": (
        "Where libvirt is: on this host, or on one that SSH reaches, as "
        "`qemu+ssh://root@host/system`; only with `name: libvirt`."
    ),
    "provider.box.name": (
        "A Vagrant box of your own in place of labgen's: Debian 12 or 13 with the bundle's "
        "packages (`labgen bundle build --packages`). Only with `name: libvirt`."
    ),
    "provider.box.version": "Its version; by default the newest.",
    "provider.box.url": (
        "Where Vagrant gets it: a `.box` or its JSON. Left out, Vagrant looks among the boxes that "
        "it has, then in the public catalogue."
    ),
    "provider.box.user": "Its login, root by sudo without a password; by default as the box says.",
    "provider.jump": (
        "A host on the way to the machines, reached by your own SSH; your ~/.ssh/config may know "
        "it. Only with `name: ssh`."
    ),
    "provider.user": "Login of all `hosts` that name none; only with `name: ssh`, as what follows.",
    "provider.port": "Where their sshd listens.",
    "provider.key": (
        "File with the private key of the login; a path that is relative is so to the scenario's "
        "directory. Left out, `ssh` takes your agent's keys and the usual files."
    ),
    "provider.sudoPasswordFile": (
        "File with the password that sudo wants of the login, for yourself alone (mode 0600)."
    ),
    "software.packages": (
        "Where existing machines get Debian's packages: `bundle`, or `distribution` for their own "
        "apt sources. Machines that labgen makes have them."
    ),
    "software.kubernetes": (
        "Where existing machines get kubeadm, kubelet and kubectl: `bundle`, or `repository` for "
        "the Kubernetes project's packages, held at the scenario's version."
    ),
}
