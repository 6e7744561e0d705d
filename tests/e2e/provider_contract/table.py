"""The kinds of machines that the provider contract is tested on. A new provider is one more
entry."""

from labgen.providers.base import Power
from tests.e2e.provider_contract import container, libvirt, ssh
from tests.e2e.provider_contract.subject import Subject

KINDS = [
    Subject(
        name="container",
        site=container.site,
        answers=30,
        notices=1,
        actions=frozenset(Power),
        checkpoints=True,
    ),
    Subject(
        name="ssh",
        site=ssh.switched,
        answers=30,
        notices=1,
        actions=frozenset({Power.ON, Power.OFF, Power.SHUTDOWN}),
        checkpoints=False,
        made=False,
    ),
    Subject(
        name="ssh",
        variant="unswitched",
        site=ssh.unswitched,
        answers=30,
        notices=1,
        actions=frozenset(),
        checkpoints=False,
        made=False,
    ),
    Subject(
        name="libvirt",
        site=libvirt.site,
        answers=120,
        notices=3,  # emulated, beside other work
        actions=frozenset(Power),
        checkpoints=True,
        memory=True,
    ),
]
