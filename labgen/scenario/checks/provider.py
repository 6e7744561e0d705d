"""Whether the provider knows what it is told."""

from collections.abc import Iterator

from labgen.scenario.draft import Draft
from labgen.scenario.mistakes import Mistake


def uri_is_for_libvirt(draft: Draft) -> Iterator[Mistake]:
    provider = draft.part.provider
    if provider.uri is not None and provider.name != "libvirt":
        text = f"the provider {provider.name} has no URI; write name: libvirt, or leave uri out"
        yield Mistake(("provider", "uri"), text)
