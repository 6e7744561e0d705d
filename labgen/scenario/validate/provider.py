"""Check that the provider supports its settings."""

from collections.abc import Iterator
from dataclasses import asdict

from labgen.scenario.diagnostics import Diagnostic
from labgen.scenario.schema.provider import BoxSpec
from labgen.scenario.validation_context import ValidationContext

MAKERS = ("container", "libvirt")


def software_is_for_existing_machines(context: ValidationContext) -> Iterator[Diagnostic]:
    """Refuse software for machines that labgen creates, because their image contains it."""
    provider = context.part.provider.name
    if provider not in MAKERS:
        return
    for field, value in asdict(context.part.software).items():
        if value != "bundle":
            text = f"machines of provider {provider} get it from the bundle; leave this field out"
            yield Diagnostic(("software", field), text)


def box_is_for_libvirt(context: ValidationContext) -> Iterator[Diagnostic]:
    """Refuse a box for another provider, and one without a name, because Vagrant identifies it by
    its name."""
    provider = context.part.provider
    written = provider.box is not None and provider.box != BoxSpec()
    if written and provider.name != "libvirt":
        text = f"the provider {provider.name} has no boxes; write name: libvirt, or leave box out"
        yield Diagnostic(("provider", "box"), text)
    elif provider.box and written and not provider.box.name:
        text = "a box of your own has a name; write it, for example debian/bookworm64"
        yield Diagnostic(("provider", "box"), text)


def uri_is_for_libvirt(context: ValidationContext) -> Iterator[Diagnostic]:
    provider = context.part.provider
    if provider.uri is not None and provider.name != "libvirt":
        text = f"the provider {provider.name} has no URI; write name: libvirt, or leave uri out"
        yield Diagnostic(("provider", "uri"), text)
