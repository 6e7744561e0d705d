"""Copied certificates: all of them, only to control planes, and never in a log."""

import logging
from pathlib import Path

import pytest

from labgen.errors import LabgenError
from labgen.providers.container.provider import ContainerProvider
from labgen.up import certificates
from labgen.up.context import Context
from tests.unit.lab.samples import made
from tests.unit.system.stubs import stub

KEY = "-----BEGIN EC PRIVATE KEY-----"


@pytest.fixture
def context() -> Context:
    return Context(made("onprem-classic"), ContainerProvider())


def _first_master(
    monkeypatch: pytest.MonkeyPatch, directory: Path, *, without: tuple[str, ...] = ()
) -> None:
    """Return an ssh to a machine whose /etc/kubernetes is a directory of the test."""
    here = directory / "kubernetes"
    for name in certificates.SHARED:
        if name not in without:
            (here / name).parent.mkdir(parents=True, exist_ok=True)
            (here / name).write_text(f"{KEY} {name}\n")
    monkeypatch.setattr(certificates, "HERE", str(here))
    stub(monkeypatch, directory, "ssh", 'for last in "$@"; do :; done; exec sh -c "$last"')


def test_they_arrive_whole_and_for_their_owner_only(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _first_master(monkeypatch, tmp_path)
    found = certificates.shared(context)
    assert {name.removeprefix("certificates/") for name in found} == set(certificates.SHARED)
    assert found["certificates/pki/etcd/ca.key"].content == f"{KEY} pki/etcd/ca.key\n"
    assert {file.mode for file in found.values()} == {0o600}


def test_no_key_is_in_a_log_or_an_error(
    context: Context,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    _first_master(monkeypatch, tmp_path, without=("pki/sa.key",))
    with caplog.at_level(logging.DEBUG), pytest.raises(LabgenError) as failed:
        certificates.shared(context)
    assert "cannot be copied from master1" in str(failed.value)
    assert "pki/sa.key" in str(failed.value.last_seen)
    said = str(failed.value) + caplog.text
    assert "PRIVATE KEY" not in said
    assert "LS0tLS1" not in said  # the same in base64
