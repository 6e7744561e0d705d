"""The timings of keepalived, HAProxy and etcd. Profiles set all of them; a file sets single
ones."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from labgen.scenario.schema.kinds import DURATION_KIND
from labgen.scenario.units import LONGEST


@dataclass(frozen=True)
class Timings:
    """Durations are in milliseconds; all other fields are counts."""

    advert_interval: Annotated[
        int,
        DURATION_KIND,
        Field(
            description="Time between two adverts of the VIP's holder (keepalived `advert_int`). "
            "Three missed adverts move the VIP. A multiple of 10ms, at most 40.95s."
        ),
    ]
    script_interval: Annotated[
        int,
        DURATION_KIND,
        Field(
            description="Time between keepalived's checks of HAProxy on its own machine. "
            "Whole seconds."
        ),
    ]
    script_timeout: Annotated[
        int,
        DURATION_KIND,
        Field(
            description="Time that HAProxy has to answer such a check. A slow HAProxy keeps the "
            "VIP; a dead one refuses immediately. Whole seconds."
        ),
    ]
    script_fall: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=LONGEST,
            description="Number of consecutive failed checks after which a machine gives the VIP "
            "away.",
        ),
    ]
    script_rise: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=LONGEST,
            description="Number of consecutive good checks after which a machine may hold the VIP "
            "again.",
        ),
    ]
    connect_timeout: Annotated[
        int,
        DURATION_KIND,
        Field(
            description="Time that HAProxy waits for an API server to accept a connection "
            "(`timeout connect`)."
        ),
    ]
    check_timeout: Annotated[
        int,
        DURATION_KIND,
        Field(
            description="Time that HAProxy waits for the answer to a health check "
            "(`timeout check`)."
        ),
    ]
    check_interval: Annotated[
        int,
        DURATION_KIND,
        Field(description="Time between health checks of a healthy API server (`inter`)."),
    ]
    fast_interval: Annotated[
        int,
        DURATION_KIND,
        Field(
            description="Time between health checks of an API server whose state is about to "
            "change (`fastinter`)."
        ),
    ]
    down_interval: Annotated[
        int,
        DURATION_KIND,
        Field(
            description="Time between health checks of an API server that is down (`downinter`)."
        ),
    ]
    rise: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=LONGEST,
            description="Number of consecutive good health checks that put an API server in.",
        ),
    ]
    fall: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=LONGEST,
            description="Number of consecutive failed health checks that take an API server out.",
        ),
    ]
    retries: Annotated[
        int,
        Field(
            strict=True,
            ge=0,
            le=LONGEST,
            description="Number of times that HAProxy tries again when an API server accepts no "
            "connection, each time with another one.",
        ),
    ]
    slowdown: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=LONGEST,
            description="Multiplies every timeout that has no setting of its own: etcd's heartbeat "
            "(100ms) and election (1s), kubeadm's waits, Kubernetes' leases, labgen's waits.",
        ),
    ]
    gap_limit: Annotated[
        int,
        DURATION_KIND,
        Field(
            description="The longest gap of the API that the acceptance suite accepts when the "
            "holder's power is cut. Configures nothing."
        ),
    ]
