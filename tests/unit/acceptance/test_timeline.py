"""What happened, line by line."""

from acceptance.support.measure.timeline import timeline
from labgen.report.recording import Band, Event, Recording, Sample

SEEN = Recording(
    fault="power-cut",
    target="master1",
    lab="ha",
    scenario="ha-3x3",
    profile="fast",
    moment="2026-11-24T20:00:00+00:00",
    started=-2.0,
    ended=15.0,
    samples={
        "fresh": (Sample(-1.0, -0.9, None), Sample(0.1, 2.1, "timeout"), Sample(0.2, 0.2, "reset")),
        "kept": (Sample(0.0, 0.6, "reset"), Sample(0.7, 0.8, None)),
    },
    bands=(Band("VIP", "master2", 0.4, 15.0), Band("VIP", "master1", -2.0, 0.0)),
    events=(Event(0.0, "power-cut on master1"), Event(8.0, "healing begins")),
    figures=(),
    environment={},
)


def test_events_states_and_failures_stand_in_the_order_of_time() -> None:
    assert timeline(SEEN).splitlines() == [
        "    -2.00 s  VIP: master1",
        "    +0.00 s  kept: failed (1 reset)",
        "    +0.00 s  power-cut on master1",
        "    +0.10 s  fresh: 2 failed until +0.20 s (1 timeout, 1 reset)",
        "    +0.40 s  VIP: master2",
        "    +8.00 s  healing begins",
    ]
