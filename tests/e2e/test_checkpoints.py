"""A lab of six machines goes back to a checkpoint, whatever became of it since."""

import json
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from labgen.lab.lab import Lab
from tests.e2e.support.background_load import repeating
from tests.e2e.support.health import assert_healthy
from tests.e2e.support.program import labgen

# Measured on two idle cores: 0.3 s, 1.2 s and 29 s. Checkpoints of this lab have 1.3 MiB.
PAUSE = 2.0  # seconds without an answer of the API
SAVE = 30.0  # seconds; other tests run meanwhile
RESTORE = 120.0  # seconds until the cluster is healthy
SIZE = 50 * 1024**2  # bytes
Record = Callable[[str, object], None]


@contextmanager
def _answers(lab: Lab) -> Iterator[list[float]]:
    """Yield the times of the API's answers through the VIP, one of 25 tries a second."""
    trusted = ssl.create_default_context(cafile=str(lab.keys / "ca.crt"))
    found: list[float] = []

    def look() -> None:
        try:
            with urllib.request.urlopen(  # noqa: S310 - https
                f"{lab.server}/readyz", timeout=5, context=trusted
            ):
                found.append(time.monotonic())
        except OSError:
            return

    with repeating(look, every=0.04):
        yield found


def _kubectl(lab: Lab, *words: str) -> str:
    return labgen("kubectl", lab.name, "--", *words, quiet=True).stdout


def _config_maps(lab: Lab) -> set[str]:
    return set(_kubectl(lab, "get", "configmaps", "-o", "name").split())


@pytest.mark.quick
def test_a_checkpoint_is_cheap_and_the_gate_passes_as_soon_as_it_is_restored(
    ha_3x3: Lab, record_property: Record
) -> None:
    name = ha_3x3.name
    _kubectl(ha_3x3, "create", "configmap", "before")
    before = _config_maps(ha_3x3)
    with _answers(ha_3x3) as answers:
        began = time.monotonic()
        labgen("checkpoint", "save", name, "first")
        saved = time.monotonic() - began
    gap = max(late - early for early, late in pairwise(answers))
    [found] = json.loads(labgen("checkpoint", "list", name, "-o", "json").stdout)
    _kubectl(ha_3x3, "delete", "configmap", "before")
    _kubectl(ha_3x3, "create", "configmap", "after")
    began = time.monotonic()
    labgen("checkpoint", "restore", name, "first", timeout=RESTORE)
    restored = time.monotonic() - began
    verdict = labgen("verify", name, check=False)
    assert _config_maps(ha_3x3) == before
    labgen("checkpoint", "remove", name, "first")
    record_property("checkpoint of six machines: longest gap", f"{gap:.2f} s")
    record_property("checkpoint of six machines: save", f"{saved:.1f} s")
    record_property("checkpoint of six machines: restore, healthy", f"{restored:.1f} s")
    record_property("checkpoint of six machines: size", f"{found['size'] / 1024**2:.1f} MiB")
    assert verdict.exit_code == 0, verdict.stdout
    assert (gap < PAUSE, saved < SAVE, found["size"] < SIZE) == (True, True, True)


def test_a_lab_with_a_fault_and_a_dead_machine_goes_back_three_times(ha_3x3: Lab) -> None:
    name = ha_3x3.name
    _kubectl(ha_3x3, "create", "configmap", "kept")
    before = _config_maps(ha_3x3)
    labgen("checkpoint", "save", name, "good")
    labgen("fault", "inject", name, "partition", "holder")
    labgen("checkpoint", "restore", name, "good", timeout=RESTORE)
    assert json.loads(labgen("fault", "list", name, "-o", "json").stdout) == []
    assert_healthy(ha_3x3)
    labgen("stop", name, "master2", "--now")
    refused = labgen("checkpoint", "save", name, "worse", check=False)
    assert refused.exit_code == 1
    assert "a checkpoint needs every machine running\n  last seen: master2 is off" in refused.stderr
    _kubectl(ha_3x3, "delete", "configmap", "kept")
    for _ in range(2):
        labgen("checkpoint", "restore", name, "good", timeout=RESTORE)
        assert_healthy(ha_3x3)
        assert _config_maps(ha_3x3) == before
    labgen("checkpoint", "remove", name, "good")
