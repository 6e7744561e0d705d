"""The CNI plugin that waits for flanneld before it runs flannel's own plugin."""

import os
import subprocess
import threading
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from labgen.render.templating import render
from labgen.scenario.model import Kubernetes
from tests.unit.lab.samples import lab

SUBNET = "/run/flannel/subnet.env"
OWN = '#!/bin/sh\nprintf "%s " "$CNI_COMMAND"; cat\n'  # reports what flannel's plugin receives


def _script(kubernetes: Kubernetes) -> str:
    text = render(
        "flannel.yaml",
        kubernetes=kubernetes,
        flannel_image="flannel",
        vip="10.89.0.244",
        port=8443,
        look_every=0.05,
        wait_tries=10,
    )
    found = (it for it in YAML(typ="safe").load_all(text) if it["kind"] == "ConfigMap")
    return str(next(found)["data"]["flannel-wait"])


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """Return a directory with the plugin, and with a program in place of flannel's own."""
    script = _script(lab("single").scenario.kubernetes).replace(SUBNET, str(tmp_path / "subnet"))
    for name, text in {"flannel-wait": script, "flannel": OWN}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def _call(plugins: Path, command: str) -> str:
    return subprocess.run(
        [plugins / "flannel-wait"],
        input="{}",
        env={**os.environ, "CNI_COMMAND": command},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout


def test_a_pod_is_added_when_flanneld_has_written_its_subnet(plugins: Path) -> None:
    timer = threading.Timer(0.2, (plugins / "subnet").write_text, ["FLANNEL_SUBNET=10.244.0.1/24"])
    timer.start()
    assert _call(plugins, "ADD") == "ADD {}"
    assert (plugins / "subnet").exists()
    timer.join()


def test_flannels_own_plugin_reports_that_flanneld_never_came(plugins: Path) -> None:
    assert _call(plugins, "ADD") == "ADD {}"
    assert not (plugins / "subnet").exists()


def test_a_pod_is_deleted_without_a_wait(plugins: Path) -> None:
    assert _call(plugins, "DEL") == "DEL {}"
