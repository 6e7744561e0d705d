"""A read-only run cannot change anything through the API."""

import pytest

from acceptance.framework.clients.api import Api, WriteRefused
from acceptance.framework.workloads import namespaces
from tests.unit.acceptance.conftest import LOOPBACK, Server


def test_looking_only_sends_nothing_but_get(server: Server) -> None:
    server.data["mine"] = {"a": "b"}
    api = Api(LOOPBACK, server.port, server.trusting, read_only=True)
    assert api.items("/api/v1/namespaces/default/configmaps")[0]["data"] == {"a": "b"}
    for method in ("PATCH", "POST", "PUT", "DELETE"):
        with pytest.raises(WriteRefused, match=f"{method} /x/mine in a read-only run"):
            api.send(method, "/x/mine", {"data": {}})
    with pytest.raises(WriteRefused):
        namespaces.make(api, "run", "mine")
    assert server.data == {"mine": {"a": "b"}}
