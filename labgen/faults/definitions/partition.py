"""Faults of the network of a machine that keeps running."""

from labgen.faults.fault import Expectation, Fault
from labgen.faults.machine_driver import MachineDriver
from labgen.timing import forecast

HEALED = (
    "This includes VRRP, etcd, ARP and the pods' traffic. Packets between the machine and the "
    "host, where labgen runs, pass. Healing lets all packets pass."
)

PARTITION = Fault(
    name="partition",
    summary="no packets pass between the machine and the other machines",
    target="holder",
    driver=MachineDriver("partition"),
    does=f"Drops all packets between the machine and the other machines. {HEALED}",
    expected=(
        Expectation(
            "of the holder: the next control plane takes the VIP as well: two owners",
            forecast.VIP_AWAY,
            forecast.vip_away,
        ),
        Expectation(
            "of the holder: clients follow the new owner's gratuitous ARP", "at the same time"
        ),
        Expectation(
            "of another control plane: it takes the VIP as well, and clients follow it to a "
            "machine without etcd's majority: the API is unavailable",
            forecast.VIP_AWAY,
            forecast.vip_away,
        ),
        Expectation(
            "of etcd's leader: the others elect another", forecast.ETCD_LEADER, forecast.etcd_leader
        ),
        Expectation("the node is NotReady", forecast.NOT_READY, forecast.not_ready),
        Expectation(
            "after healing, one owner of the VIP: the one with the highest priority",
            "advertInterval",
            forecast.one_advert,
        ),
    ),
    why=(
        "Two owners are unavoidable: neither side can know whether the other is dead or only "
        "unreachable. etcd needs a majority, so through both owners a client gets the same data, "
        "or no answer. The last gratuitous ARP decides which owner a client reaches."
    ),
)

PARTITION_IN = Fault(
    name="partition-in",
    summary="no packets from the other machines reach the machine; its own reach them",
    target="holder",
    driver=MachineDriver("partition-in"),
    does=f"Drops all packets from the other machines to the machine. {HEALED}",
    expected=(
        Expectation("of the holder: it keeps sending adverts, and the VIP stays"),
        Expectation(
            "of the holder: its HAProxy reaches only the machine's own API server, which lacks "
            "etcd's majority: the API is unavailable until the fault is healed",
            forecast.SERVER_OUT,
            forecast.server_out,
        ),
        Expectation(
            "of another control plane: it receives no adverts and takes the VIP as well, and "
            "clients follow it",
            forecast.VIP_AWAY,
            forecast.vip_away,
        ),
        Expectation(
            "of etcd's leader: it receives no answers and steps down, and the others elect another",
            forecast.ETCD_STEPS_DOWN,
            forecast.etcd_steps_down,
        ),
        Expectation("the node is NotReady", forecast.NOT_READY, forecast.not_ready),
    ),
    why=(
        "keepalived checks HAProxy, not the API behind it, and a holder whose adverts arrive "
        "counts as alive. This is the price for a VIP that never moves because of a slow API "
        "server."
    ),
)

PARTITION_OUT = Fault(
    name="partition-out",
    summary="no packets from the machine reach the other machines; theirs reach it",
    target="holder",
    driver=MachineDriver("partition-out"),
    does=f"Drops all packets from the machine to the other machines. {HEALED}",
    expected=(
        Expectation(
            "of the holder: the next control plane takes the VIP as well; the holder receives its "
            "adverts, of lower priority, and keeps the VIP: two owners",
            forecast.VIP_AWAY,
            forecast.vip_away,
        ),
        Expectation(
            "of the holder: on each of the other's adverts it announces the VIP again, and "
            "clients go to a machine without etcd's majority"
        ),
        Expectation("of another control plane: the VIP stays"),
        Expectation(
            "of etcd's leader: the others elect another", forecast.ETCD_LEADER, forecast.etcd_leader
        ),
        Expectation("the node is NotReady", forecast.NOT_READY, forecast.not_ready),
    ),
    why=(
        "VRRP decides by the adverts that arrive: a machine never learns that its own are lost. "
        "Real cables and switch ports do fail in one direction."
    ),
)

PARTITION_CLIENTS = Fault(
    name="partition-clients",
    summary="no packets pass between the machine and clients outside of the lab",
    target="holder",
    driver=MachineDriver("partition-clients"),
    does=(
        "Drops all packets between the machine and everything outside of the lab, including the "
        "host, where clients of the VIP run. labgen's SSH passes. Healing lets all packets pass."
    ),
    expected=(
        Expectation(
            "of the holder: the API is unavailable to clients outside until the fault is healed"
        ),
        Expectation("inside the lab nothing changes: the VIP stays, nodes are Ready"),
        Expectation("of a machine without the VIP: no client notices"),
    ),
    why=(
        "Control planes monitor each other, and none of them monitors the route to the clients. "
        "For VRRP, a holder with a dead uplink is healthy. On a real cluster, keepalived should "
        "track the route to the gateway."
    ),
)

PACKET_LOSS = Fault(
    name="packet-loss",
    summary="20 % of the packets to and from the machine are lost, at random",
    target="holder",
    driver=MachineDriver("packet-loss"),
    does=(
        "Drops 20 % of the packets in each direction at random. labgen's SSH passes. It uses "
        "nf_tables, which more kernels have than the queueing discipline netem. Healing lets all "
        "packets pass."
    ),
    expected=(
        Expectation(
            "of the holder: occasionally the next control plane misses three adverts in a row and "
            "takes the VIP until the next advert",
            "after 155 adverts on average: the mean wait for three losses in a row at 20 %",
            forecast.three_lost,
        ),
        Expectation(
            "new connections are delayed by TCP's retransmission", "1 s for each lost SYN or answer"
        ),
        Expectation(
            "HAProxy on the machine marks the other API servers as down and up again, and closes "
            "the connections to them: 36 % of its first SYNs or their answers are lost, and "
            "connectTimeout ends before the second SYN"
        ),
        Expectation("etcd and watches continue: TCP retransmits lost packets"),
    ),
    why=(
        "Adverts are never sent again. The shorter their interval, the more often three in a row "
        "are lost: `fast` moves the VIP ten times as often as `standard`."
    ),
)
