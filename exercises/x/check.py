"""Tests of this exercise. They only look, so each belongs to the tier smoke."""

import pytest

from acceptance.framework.clients.machines import On
from labgen.lab.lab import Machine

pytestmark = pytest.mark.smoke


def test_keepalived_is_enabled(on: On, control_plane: Machine) -> None:
    assert on(control_plane.name).service("keepalived").is_enabled
