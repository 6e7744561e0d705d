"""Whether the provider knows what it is told."""

from collections.abc import Iterator

from labgen.scenario.diagnostics import Mistake
from labgen.scenario.validation_context import Draft

MAKERS = ("container", "libvirt")


def software_is_for_existing_machines(draft: Draft) -> Iterator[Mistake]:
    """Those that labgen makes have all of it in their image."""
    provider = draft.part.provider.name
    if provider not in MAKERS:
        return
    for field, value in draft.part.software:
        if value != "bundle":
            text = f"machines of provider {provider} have it from the bundle; leave this out"
            yield Mistake(("software", field), text)


def box_is_for_libvirt(draft: Draft) -> Iterator[Mistake]:
    """And it has a name: by that Vagrant knows it."""
    provider = draft.part.provider
    written = [key for key, value in provider.box if value]
    if written and provider.name != "libvirt":
        text = f"the provider {provider.name} has no boxes; write name: libvirt, or leave box out"
        yield Mistake(("provider", "box"), text)
    elif written and not provider.box.name:
        text = "a box of your own has a name; write it, as debian/bookworm64"
        yield Mistake(("provider", "box"), text)


def uri_is_for_libvirt(draft: Draft) -> Iterator[Mistake]:
    provider = draft.part.provider
    if provider.uri is not None and provider.name != "libvirt":
        text = f"the provider {provider.name} has no URI; write name: libvirt, or leave uri out"
        yield Mistake(("provider", "uri"), text)
