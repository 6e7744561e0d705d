"""Check that keepalived can express the timings. HAProxy accepts any number of milliseconds."""

from collections.abc import Iterator

from labgen.scenario.diagnostics import Diagnostic, Field
from labgen.scenario.units import show_duration
from labgen.scenario.validation_context import ValidationContext

ADVERT: Field = ("loadBalancer", "timings", "advertInterval")
VERSION: Field = ("loadBalancer", "keepalived", "vrrpVersion")
PROFILE: Field = ("loadBalancer", "profile")
CENTISECOND = 10
LONGEST_ADVERT = 4095 * CENTISECOND  # VRRPv3 has 12 bits of centiseconds: RFC 5798, 5.2.7
SECOND = 1000
LONGEST_SECONDS = 255 * SECOND  # VRRPv2 has 8 bits of whole seconds: RFC 3768, 5.3.7


def keepalived_can_count_them(context: ValidationContext) -> Iterator[Diagnostic]:
    timings = context.part.load_balancer.timings
    advert = timings.advert_interval
    if context.part.load_balancer.keepalived.vrrp_version == 2:
        yield from _whole_seconds(context)
    elif advert % CENTISECOND or advert > LONGEST_ADVERT:
        text = (
            f"VRRP cannot express {show_duration(advert)}; "
            f"use a multiple of 10ms, at most {show_duration(LONGEST_ADVERT)}"
        )
        yield Diagnostic(ADVERT, text)
    for field, time in {
        "scriptInterval": timings.script_interval,
        "scriptTimeout": timings.script_timeout,
    }.items():
        if time % SECOND:
            text = (
                "keepalived counts script times in whole seconds, not "
                f"{show_duration(time)}; use 1s"
            )
            yield Diagnostic(("loadBalancer", "timings", field), text)


def _whole_seconds(context: ValidationContext) -> Iterator[Diagnostic]:
    """Check the advert interval, from the file or its profile, for version 2."""
    balancer = context.part.load_balancer
    if not context.trusts(ADVERT, VERSION, PROFILE):
        return
    advert = balancer.timings.advert_interval
    if advert % SECOND or advert > LONGEST_SECONDS:
        text = (
            f"VRRP version 2 counts in whole seconds, at most {show_duration(LONGEST_SECONDS)}, "
            f"not {show_duration(advert)}; use 1s, or vrrpVersion: 3"
        )
        yield Diagnostic(ADVERT, text, also=(VERSION, PROFILE))
