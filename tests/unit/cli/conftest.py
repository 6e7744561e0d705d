"""A host without routes and without settings for colours."""

import pytest

from labgen.cli import session


@pytest.fixture(autouse=True)
def plain_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(session, "host_routes", lambda: ())
