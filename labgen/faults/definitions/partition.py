"""Faults of the network around a machine that lives: who hears whom."""

from labgen.faults.fault import Expectation, Fault
from labgen.faults.machine_driver import OnMachine
from labgen.timing import forecast

HEALED = (
    "Pods' traffic, VRRP, etcd and ARP are cut too; the host, and labgen with it, hears the "
    "machine and is heard. Healing lets all packets pass."
)

PARTITION = Fault(
    name="partition",
    summary="the machine and the other machines do not hear each other",
    target="holder",
    driver=OnMachine("partition"),
    does=f"Loses all packets between the machine and the other machines, both ways. {HEALED}",
    expected=(
        Expectation(
            "of the holder: the next master takes the VIP as well, two owners",
            forecast.VIP_AWAY,
            forecast.vip_away,
        ),
        Expectation(
            "of the holder: clients follow the new owner's gratuitous ARP", "at the same time"
        ),
        Expectation(
            "of another master: it takes the VIP as well, and clients follow it to a machine "
            "without a majority of etcd: the API is away",
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
        "Two owners are unavoidable: neither side can know whether the other is dead or only not "
        "heard. etcd needs a majority and cannot be of two minds, so both owners lead to the same "
        "data or to none. Which owner a client reaches is a matter of the last gratuitous ARP."
    ),
)

PARTITION_IN = Fault(
    name="partition-in",
    summary="the machine does not hear the other machines; they hear it",
    target="holder",
    driver=OnMachine("partition-in"),
    does=f"Loses all packets from the other machines to the machine. {HEALED}",
    expected=(
        Expectation("of the holder: it goes on to send adverts, and the VIP stays"),
        Expectation(
            "of the holder: its HAProxy reaches no API server but its own, which has no majority "
            "of etcd: the API is away until this is healed",
            forecast.SERVER_OUT,
            forecast.server_out,
        ),
        Expectation(
            "of another master: it hears no adverts, takes the VIP as well, and clients follow it",
            forecast.VIP_AWAY,
            forecast.vip_away,
        ),
        Expectation(
            "of etcd's leader: it steps down without answers, and the others elect another",
            forecast.ETCD_STEPS_DOWN,
            forecast.etcd_steps_down,
        ),
        Expectation("the node is NotReady", forecast.NOT_READY, forecast.not_ready),
    ),
    why=(
        "keepalived watches HAProxy, not the API behind it, and a master that is heard counts as "
        "alive. One deaf holder is the price for a VIP that never moves because an API server is "
        "slow."
    ),
)

PARTITION_OUT = Fault(
    name="partition-out",
    summary="the other machines do not hear the machine; it hears them",
    target="holder",
    driver=OnMachine("partition-out"),
    does=f"Loses all packets from the machine to the other machines. {HEALED}",
    expected=(
        Expectation(
            "of the holder: the next master takes the VIP as well; the holder hears an owner of "
            "lower priority and stays: two owners",
            forecast.VIP_AWAY,
            forecast.vip_away,
        ),
        Expectation(
            "of the holder: with each of the other's adverts it announces the VIP again, and "
            "clients go to a machine without a majority of etcd"
        ),
        Expectation("of another master: the VIP stays"),
        Expectation(
            "of etcd's leader: the others elect another", forecast.ETCD_LEADER, forecast.etcd_leader
        ),
        Expectation("the node is NotReady", forecast.NOT_READY, forecast.not_ready),
    ),
    why=(
        "VRRP decides by what is heard: the one that is not heard never learns that it is not. "
        "Cables and switch ports do fail in one direction."
    ),
)

PARTITION_CLIENTS = Fault(
    name="partition-clients",
    summary="whoever is no machine of the lab does not reach the machine, nor it them",
    target="holder",
    driver=OnMachine("partition-clients"),
    does=(
        "Loses all packets between the machine and everything that is no machine of the lab: the "
        "host, where clients of the VIP are. labgen's SSH passes. Healing lets all pass."
    ),
    expected=(
        Expectation("of the holder: the API is away for clients outside, until this is healed"),
        Expectation("within the lab all goes on: the VIP stays, nodes are Ready"),
        Expectation("of a machine without the VIP: no client notices anything"),
    ),
    why=(
        "Masters watch each other, and none of them watches the way to the clients. A holder whose "
        "uplink is dead is healthy in the eyes of VRRP; a real cluster would have keepalived watch "
        "the way to its gateway."
    ),
)

PACKET_LOSS = Fault(
    name="packet-loss",
    summary="20 of 100 packets to and from the machine are lost, at random",
    target="holder",
    driver=OnMachine("packet-loss"),
    does=(
        "Loses 20 of 100 packets in each direction, by nf_tables' random numbers, which more "
        "kernels have than the queueing discipline netem. labgen's SSH is spared. Healing lets all "
        "packets pass."
    ),
    expected=(
        Expectation(
            "of the holder: now and then three adverts in a row are lost to the next master, and "
            "it takes the VIP until the next advert",
            "after 155 adverts on average: the mean wait for three of 20 in 100 in a row",
            forecast.three_lost,
        ),
        Expectation(
            "new connections are slower by TCP's retransmission", "1 s for each lost SYN or answer"
        ),
        Expectation(
            "HAProxy on the machine takes the other API servers out and in again, and closes the "
            "connections to them: 36 in 100 of its first SYNs or their answers are lost, and "
            "connectTimeout is over before the second"
        ),
        Expectation("etcd and watches go on: TCP repeats what is lost"),
    ),
    why=(
        "Losses hurt whoever sends once: adverts. The shorter their interval, the oftener three in "
        "a row are lost: `fast` moves the VIP ten times as often as `standard`."
    ),
)
