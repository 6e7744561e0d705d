"""The section loadBalancer: how keepalived manages the VIP, and how HAProxy distributes
connections."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from labgen.scenario.profiles import FAST, PROFILES
from labgen.scenario.schema.kinds import BIND, DURATION_OR_NONE, PRIORITIES, one_of
from labgen.scenario.schema.timings import Timings
from labgen.scenario.units import LONGEST

WEIGHT_AT_MOST = 256  # HAProxy's


@dataclass(frozen=True)
class Keepalived:
    """keepalived's settings, with keepalived's names."""

    vrrp_version: Annotated[
        int,
        Field(
            strict=True,
            ge=2,
            le=3,
            description="`vrrp_version`. Version 2 counts adverts in whole seconds, and only "
            "version 2 authenticates them.",
        ),
    ] = 3
    peers: Annotated[
        str,
        one_of("unicast", "multicast"),
        Field(
            description="`unicast`: `unicast_peer` names the other control planes. `multicast`: "
            "adverts go to 224.0.0.18."
        ),
    ] = "unicast"
    authentication: Annotated[
        str,
        one_of("none", "PASS", "AH"),
        Field(
            description="`auth_type` of adverts, with a password that is unique to the lab. Needs "
            "`vrrpVersion: 2`."
        ),
    ] = "none"
    # Empty: labgen's own.
    priorities: Annotated[
        tuple[int, ...],
        PRIORITIES,
        Field(
            description="`priority` of each control plane in their order, 1 to 254, the highest "
            "first. `auto`: 250, 190, 130; closer together where there are more than five."
        ),
    ] = ()
    track_script: Annotated[
        str,
        one_of("haproxy", "none"),
        Field(
            description="`haproxy`: a holder whose HAProxy does not answer gives the VIP away "
            "(`track_script`). `none`: the VIP stays, whatever happens to HAProxy."
        ),
    ] = "haproxy"
    safeguards: Annotated[
        bool,
        Field(
            strict=True,
            description="What guides leave out: keepalived runs with real-time priority "
            "(`vrrp_rt_priority`), the VIP is removed when keepalived dies (`ExecStopPost`), and "
            "the VIP has one owner again after a partition (`higher_prio_send_advert`).",
        ),
    ] = True


@dataclass(frozen=True)
class Haproxy:
    """HAProxy's settings, with HAProxy's names."""

    bind: Annotated[
        tuple[str, ...],
        BIND,
        Field(
            description="Where the frontend listens: `*`, `machine` for the machine's own address, "
            "or IPv4 addresses."
        ),
    ] = ("*",)
    check: Annotated[
        str,
        one_of("http", "tcp"),
        Field(
            description="`http`: `GET /readyz` over TLS must answer 200. `tcp`: `tcp-check`, a "
            "port that accepts connections is enough."
        ),
    ] = "http"
    # Milliseconds; 0: none.
    slow_start: Annotated[
        int,
        DURATION_OR_NONE,
        Field(
            description="`slowstart`: time over which the share of a returned API server grows to "
            "its full size."
        ),
    ] = 0
    maxconn: Annotated[
        int,
        Field(
            strict=True, ge=0, le=LONGEST, description="`maxconn` of each API server; 0: no limit."
        ),
    ] = 0
    maxqueue: Annotated[
        int,
        Field(
            strict=True,
            ge=0,
            le=LONGEST,
            description="`maxqueue` of each API server, the number of connections that may wait "
            "for it; 0: no limit.",
        ),
    ] = 0
    weight: Annotated[
        int,
        Field(strict=True, ge=1, le=WEIGHT_AT_MOST, description="`weight` of each API server."),
    ] = 1
    log: Annotated[
        str,
        one_of("none", "tcplog"),
        Field(description="`tcplog`: log each connection in the machine's journal."),
    ] = "none"
    safeguards: Annotated[
        bool,
        Field(
            strict=True,
            description="What guides leave out: the first retry goes to another API server "
            "(`option redispatch 1`), two failed connections take an API server out "
            "(`observe layer4`), and sessions with a machine or a client that is gone end "
            "(`tcp-ut`, `srvtcpka`, `clitcpka`).",
        ),
    ] = True


@dataclass(frozen=True)
class LoadBalancerPart:
    """The section of the file. Timings that it does not set come from the profile."""

    profile: Annotated[
        str,
        one_of(*PROFILES),
        Field(
            description="Sets every timing that `timings` does not set. `quiet` is for many labs "
            "on one host, `emulated` for virtual machines without KVM."
        ),
    ] = "fast"
    timings: Annotated[Timings, Field(description="Replaces single timings of the profile.")] = FAST
    endpoint: Annotated[
        str,
        one_of("haproxy", "api-server"),
        Field(
            description="What clients reach through the VIP, kubeadm's `controlPlaneEndpoint`. "
            "`haproxy`: VIP:apiPort, where HAProxy spreads connections over all API servers. "
            "`api-server`: VIP:6443, the holder's own API server; HAProxy runs without clients."
        ),
    ] = "haproxy"
    keepalived: Annotated[Keepalived, Field(description="How keepalived keeps the VIP.")] = (
        Keepalived()
    )
    haproxy: Annotated[Haproxy, Field(description="How HAProxy spreads connections.")] = Haproxy()
