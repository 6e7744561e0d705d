"""What was in the cluster before it stopped."""

import pytest

from acceptance.framework.clients.api import Api

pytestmark = pytest.mark.smoke


def test_orders_are_there(api: Api) -> None:
    found = api.get("/api/v1/namespaces/default/configmaps/orders")
    assert found["data"] == {"count": "42"}
