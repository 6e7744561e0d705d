"""A scenario file: every field once, with its kind, limits, default and description.

The classes are frozen dataclasses. pydantic reads them from a file, writes them to one, and
generates their JSON Schema (json_schema.py). The reference page is generated from the JSON Schema.
"""

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field, with_config

from labgen.scenario.schema.cluster import DEFAULT_VERSION, Kubernetes, NetworkSpec, Software
from labgen.scenario.schema.kinds import FILE, LABEL, one_of
from labgen.scenario.schema.load_balancer import LoadBalancerPart
from labgen.scenario.schema.machines import HostPart, MachinesPart
from labgen.scenario.schema.provider import LoginPart, ProviderPart

__all__ = ["DEFAULT_VERSION", "HostPart", "LoginPart", "MachinesPart", "ProviderPart"]


@with_config(FILE)
@dataclass(frozen=True, kw_only=True)
class ScenarioPart:
    """The complete file."""

    api_version: Annotated[
        str, one_of("labgen/v1"), Field(description="Version of this format.")
    ] = "labgen/v1"
    kind: Annotated[str, one_of("Scenario"), Field(description="What the file is.")] = "Scenario"
    name: Annotated[
        str,
        LABEL,
        Field(
            description="Name of the scenario, and of the lab unless `--name` gives another. A "
            "lab's name has at most 40 characters."
        ),
    ]
    description: Annotated[
        str,
        Field(
            strict=True,
            examples=["a short sentence"],
            description="One sentence for `labgen scenario list`.",
        ),
    ] = ""
    kubernetes: Annotated[
        Kubernetes, Field(description="The version of Kubernetes, and kubeadm's configuration.")
    ] = field(default_factory=Kubernetes)
    network: Annotated[NetworkSpec, Field(description="The machines' network and the VIP.")] = (
        field(default_factory=NetworkSpec)
    )
    load_balancer: Annotated[
        LoadBalancerPart, Field(description="keepalived and HAProxy on the control planes.")
    ] = field(default_factory=LoadBalancerPart)
    machines: Annotated[
        list[MachinesPart],
        Field(description="Groups of equal machines.", json_schema_extra={"minItems": 1}),
    ]
    provider: Annotated[ProviderPart, Field(description="Where machines come from.")] = field(
        default_factory=ProviderPart
    )
    software: Annotated[Software, Field(description="Where existing machines get software.")] = (
        field(default_factory=Software)
    )
