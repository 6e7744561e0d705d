"""Choose the parts of a recording that get a separate chart: those in which requests failed."""

import math
from collections.abc import Sequence
from itertools import pairwise

from labgen.recordings.lanes import lanes
from labgen.recordings.recording import Recording

Window = tuple[float, float]  # seconds from the fault

MOST = 3  # details of one recording, those with most failures
FEW = 3  # failures; with fewer there is nothing to see that the timeline does not say
APART = 3.0  # seconds without a failure between two details
NEAR = 1.5  # seconds; changes of states so close to the failures belong to the picture
SHARE = 0.5  # of the recording; a longer detail would show nothing new
FIRST = (-0.5, 3.0)  # seconds; the part to show instead: a VIP moves and etcd elects in less
MOST_OF = 0.8  # of all failures; with so many in details, the rest of the recording is calm


def windows(recording: Recording) -> list[Window]:
    """Return the windows in the order of time; none if nothing failed, or if one window would cover
    everything.

    Of failures that last too long for a detail, the first seconds are shown.
    """
    failed = sorted(_failures(recording))
    if not failed:
        return []
    clusters: list[list[float]] = [[failed[0]]]
    for before, after in pairwise(failed):
        if after - before > APART:
            clusters.append([])
        clusters[-1].append(after)
    most = sorted(clusters, key=len, reverse=True)[:MOST]
    most = [cluster for cluster in most if len(cluster) >= FEW or cluster is most[0]]
    found = _merged(sorted(_window(min(c), max(c), recording) for c in most))
    longest = SHARE * (recording.ended - recording.started)
    found = [_first(window) if window[1] - window[0] > longest else window for window in found]
    return [window for window in found if window[1] - window[0] <= longest]


def calm_outside(recording: Recording, details: Sequence[Window]) -> bool:
    """Return whether hardly any request failed outside of the details."""
    failed = _failures(recording)
    inside = [at for at in failed if any(begin <= at <= end for begin, end in details)]
    return bool(details) and len(inside) >= MOST_OF * len(failed)


def _first(window: Window) -> Window:
    """Return the seconds around the fault, or around the first failure if that is later."""
    begin, end = window
    return max(begin, FIRST[0]), min(end, max(begin, FIRST[0]) + FIRST[1] - FIRST[0])


def _failures(recording: Recording) -> list[float]:
    return [
        sample.started
        for kind in recording.clients
        for sample in recording.samples(kind)
        if sample.failure is not None and recording.started <= sample.started <= recording.ended
    ]


def _window(first: float, last: float, recording: Recording) -> Window:
    near = [at for at in _changes(recording) if first - NEAR <= at <= last + NEAR]
    begin, end = min([first, *near]), max([last, *near])
    pad = max(0.3, 0.15 * (end - begin))
    step = 0.1 if end - begin < 2 else 0.5 if end - begin < 10 else 1.0
    begin, end = math.floor((begin - pad) / step) * step, math.ceil((end + pad) / step) * step
    return max(begin, recording.started), min(end, recording.ended)


def _changes(recording: Recording) -> list[float]:
    changes = [span.started for lane in lanes(recording) for span in lane.spans[1:]]
    return [*changes, *(moment.at for moment in recording.moments)]


def _merged(found: list[Window]) -> list[Window]:
    merged: list[Window] = []
    for begin, end in found:
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged
