"""The fault of a machine that is busy with something else."""

from labgen.faults.fault import Expectation, Fault
from labgen.faults.machine_driver import OnMachine

CPU_HOG = Fault(
    name="cpu-hog",
    summary="as many endless loops as there are cores, each as heavy as any process",
    target="holder",
    driver=OnMachine("cpu-hog"),
    duration=60.0,
    does=(
        "Runs one endless loop for each core, in a unit of its own with the weight of any other. "
        "Ends after 60 s unless `--for` says otherwise. Machine-containers share the host's cores: "
        "there the loops get the host's cores divided by the lab's machines, as on machines of "
        "their own, whose loops slow down no other."
    ),
    expected=(
        Expectation("answers are slower"),
        Expectation("the VIP does not move, and no request fails"),
        Expectation("etcd keeps its leader"),
    ),
    why=(
        "Settings that fail over within half a second must not do so because a machine is busy: "
        "three adverts would have to be late in a row, two checks of an API server to time out."
    ),
)
