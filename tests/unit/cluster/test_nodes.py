"""Nodes as the API reports them."""

from collections.abc import Mapping
from typing import Any

from labgen.cluster.nodes import Node, nodes
from tests.unit.cluster.fake_api import serving


def _node(name: str, **ready: str) -> Mapping[str, Any]:
    conditions = [{"type": "MemoryPressure", "status": "False"}]
    if ready:
        conditions.append({"type": "Ready", **ready})
    return {"metadata": {"name": name}, "status": {"conditions": conditions}}


def test_nodes_are_ready_or_say_why_not() -> None:
    api = serving(
        _node("a", status="True", message="fine", lastHeartbeatTime="1970-01-01T00:01:40Z"),
        _node("b", status="False", message="cni not initialized"),
        _node("c", status="Unknown", reason="NodeStatusUnknown"),
        _node("d"),
        {"metadata": {"name": "e"}, "status": {}},
    )
    assert nodes(api) == [
        Node("a", True, "", reported=100.0),
        Node("b", False, "cni not initialized"),
        Node("c", False, "NodeStatusUnknown"),
        Node("d", False, "no status yet"),
        Node("e", False, "no status yet"),
    ]
