"""Whether existing machines are reached from this host, found before any packet is sent to them."""

from collections.abc import Iterator

from labgen.lab import store, subnets
from labgen.lab.lab import Lab, bridge
from labgen.machine.finding import Finding
from labgen.system import route
from labgen.system.jump_host import JumpHost, JumpHostFailed


def jump_findings(jump: JumpHost) -> list[Finding]:
    """Return why the jump host cannot be used; empty if it can. No connection stays open."""
    try:
        jump.try_out()
    except JumpHostFailed as error:
        seen = f": {error.last_seen}" if error.last_seen else ""
        return [Finding(f"{error.message}{seen}", error.hint or jump.command)]
    return []


def route_findings(lab: Lab) -> list[Finding]:
    """Return each existing machine, and the VIP, whose packets would not leave by the interface of
    the others.

    This must not be the bridge of a lab: machines of that lab may have the same addresses, and
    packets would reach them. Behind a jump host nothing is checked, because the jump host chooses
    the route.
    """
    return [] if lab.jump else list(_route_findings(lab))


def _route_findings(lab: Lab) -> Iterator[Finding]:
    labs = {it.bridge: (it.owner, "remove that lab") for it in subnets.reserved()}
    labs |= {bridge(name): (f"lab {name}", f"labgen down {name}") for name in store.names()}
    places = [(it.name, "", it.address) for it in lab.machines] + [("", "the VIP ", lab.vip)]
    devices = {address: route.device(address) for _, _, address in places}
    good = [
        (it.name, device)
        for it in lab.machines
        if (device := devices[it.address]) and device != "lo" and device not in labs
    ]
    for machine, what, address in places:
        device = devices[address]
        if device is None:
            text = f"there is no route to {what}{address}"
            yield Finding(text, "connect this host to its network, or correct the address", machine)
        elif device == "lo":
            text = f"packets to {what}{address} would reach this host itself"
            yield Finding(text, "correct the address", machine)
        elif device in labs:
            lab_there, remedy = labs[device]
            text = f"packets to {what}{address} would reach {lab_there}, by {device}"
            yield Finding(text, f"{remedy}, or correct the address", machine)
        elif good and device != good[0][1]:
            text = f"packets to {what}{address} would leave by {device}, but those to {good[0][0]} "
            remedy = "machines and VIP must be in one network; correct the address"
            yield Finding(f"{text}by {good[0][1]}", remedy, machine)
