"""The fault of a machine whose CPUs are busy."""

from labgen.faults.fault import Expectation, Fault
from labgen.faults.machine_driver import MachineDriver

CPU_HOG = Fault(
    name="cpu-hog",
    summary="one endless loop for each core, at normal priority",
    target="holder",
    driver=MachineDriver("cpu-hog"),
    duration=60.0,
    does=(
        "Runs one endless loop for each core, in a unit with the default CPU weight. Heals itself "
        "after 60 s unless `--for` sets another time. System containers share the host's cores, so "
        "there the loops are limited to one machine's share: the host's cores divided by the "
        "number of machines. The other machines are not slowed down, as with real machines."
    ),
    expected=(
        Expectation("the machine responds more slowly"),
        Expectation("the VIP does not move, and no request fails"),
        Expectation("etcd keeps its leader"),
    ),
    why=(
        "Settings that fail over within half a second must not fail over because a machine is "
        "busy. That would take three late adverts in a row, or two timeouts of an API server's "
        "health check."
    ),
)
