"""Convert changes of single machines' states to bands: each state with its begin and end.

All times are seconds on one clock; begin and end are the limits of the observation.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from acceptance.framework.experiment.observers import leader, nodes, owners
from acceptance.framework.experiment.observers.changes import Change
from labgen.recordings.recording import Band

NONE = "none"
GONE = "gone"  # the state of a machine without power


def bands(changes: Iterable[Change], begin: float, end: float) -> list[Band]:
    """Return the bands of all lanes: the VIP's owners, etcd's leaders, each node."""
    found = sorted(changes, key=lambda change: change.at)
    named = [
        *_lane(owners.LANE, found, begin, end, _all_that(owners.HOLDS)),
        *_lane(leader.LANE, found, begin, end, _all_that(leader.LEADER)),
    ]
    for name in sorted({change.subject for change in found if change.lane == nodes.LANE}):
        of_node = [c for c in found if c.lane == nodes.LANE and c.subject == name]
        named += [
            Band(f"{nodes.LANE} {name}", band.state, band.started, band.ended)
            for band in _lane(nodes.LANE, of_node, begin, end, _the_one)
        ]
    return named


def taken_away(changes: Sequence[Change], machines: Iterable[str], at: float) -> list[Change]:
    """Return the changes, with these machines removed from that time on.

    A machine without power cannot report that it no longer holds the VIP.
    """
    lanes = (owners.LANE, leader.LANE)
    gone = [Change(lane, at, name, GONE) for name in machines for lane in lanes]
    return sorted([*changes, *gone], key=lambda change: change.at)


def lasting(found: Sequence[Band], lane: str, good: Callable[[str], bool]) -> float | None:
    """Return the time since which the lane's state has been good; None if its last state is not
    good."""
    own = sorted((band for band in found if band.lane == lane), key=lambda band: band.started)
    if not own or not good(own[-1].state):
        return None
    bad = [band.ended for band in own if not good(band.state)]
    return max(bad, default=own[0].started)


def within(found: Iterable[Band], begin: float, end: float) -> list[Band]:
    """Return the parts of the bands that lie between begin and end."""
    return [
        Band(band.lane, band.state, max(band.started, begin), min(band.ended, end))
        for band in found
        if band.started < end and band.ended > begin
    ]


def one(state: str) -> bool:
    """Return whether a band's state names exactly one machine."""
    return state != NONE and "," not in state


def _lane(
    lane: str,
    changes: Sequence[Change],
    begin: float,
    end: float,
    state: Callable[[Mapping[str, str]], str],
) -> list[Band]:
    """Return the lane's bands. Before the first change the state is unknown."""
    known: dict[str, str] = {}
    found: list[Band] = []
    for change in (change for change in changes if change.lane == lane):
        known[change.subject] = change.state
        at, now = max(change.at, begin), state(known)
        if found and found[-1].state == now:
            continue
        if found:
            found[-1] = Band(lane, found[-1].state, found[-1].started, at)
        found.append(Band(lane, now, at, end))
    return [band for band in found if band.started < min(band.ended, end)]


def _all_that(wanted: str) -> Callable[[Mapping[str, str]], str]:
    """Return a function that names the machines in that state, separated by commas, or `none`."""

    def state(known: Mapping[str, str]) -> str:
        return ", ".join(sorted(n for n, found in known.items() if found == wanted)) or NONE

    return state


def _the_one(known: Mapping[str, str]) -> str:
    return next(iter(known.values()))
