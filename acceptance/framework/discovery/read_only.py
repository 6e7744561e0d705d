"""The API of a cluster that labgen did not build, for a user who may lack permissions."""

from dataclasses import dataclass, fields
from http import HTTPStatus
from typing import Any

import pytest

from acceptance.framework.clients.api import JSON, Api, ApiError


@dataclass(frozen=True)
class ReadOnlyApi(Api):
    """Skips a test that needs an object that the kubeconfig's user may not read."""

    def send(
        self, method: str, path: str, body: dict[str, Any] | None = None, kind: str = JSON
    ) -> str:
        """See Api."""
        try:
            return super().send(method, path, body, kind)
        except ApiError as error:
            if error.status == HTTPStatus.FORBIDDEN:
                pytest.skip(f"the kubeconfig's user lacks permission: {error}")
            raise


def read_only(api: Api) -> ReadOnlyApi:
    return ReadOnlyApi(**{field.name: getattr(api, field.name) for field in fields(api)})
