"""Whether keepalived can express the timings. HAProxy takes any number of milliseconds."""

from collections.abc import Iterator

from labgen.scenario.draft import Draft
from labgen.scenario.mistakes import Mistake
from labgen.scenario.units import show_duration

CENTISECOND = 10
LONGEST_ADVERT = 4095 * CENTISECOND  # VRRPv3 has 12 bits of centiseconds: RFC 5798, 5.2.7
SECOND = 1000


def keepalived_can_count_them(draft: Draft) -> Iterator[Mistake]:
    timings = draft.part.load_balancer.timings
    advert, script = timings.advert_interval, timings.script_interval
    if advert is not None and (advert % CENTISECOND or advert > LONGEST_ADVERT):
        text = (
            f"VRRP cannot say {show_duration(advert)}; "
            f"use a multiple of 10ms, at most {show_duration(LONGEST_ADVERT)}"
        )
        yield Mistake(("loadBalancer", "timings", "advertInterval"), text)
    if script is not None and script % SECOND:
        text = f"keepalived runs scripts at whole seconds, not {show_duration(script)}; use 1s"
        yield Mistake(("loadBalancer", "timings", "scriptInterval"), text)
