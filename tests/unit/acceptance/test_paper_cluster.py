"""The suite on a cluster of which only a kubeconfig is known, run as users run it."""

from pathlib import Path

import pytest

from acceptance.framework.errors import HARNESS
from tests.unit.acceptance.fake_api import TOKEN, answers, serving
from tests.unit.acceptance.test_suite_options import acceptance


def test_kubeconfig_alone_is_looked_at_and_the_rest_skipped_with_reasons(
    certificate: Path, tmp_path: Path
) -> None:
    with serving(certificate, answers(), tmp_path) as inventory:
        done = acceptance(tmp_path, "--inventory", str(inventory))
    assert done.exit_code == 0, done.stdout
    assert "found: workers: rack6 192.168.0.6 (no login)\n" in done.stdout
    assert "found: pod network: calico\n" in done.stdout
    for reason in (
        "no SSH login to rack6 in the inventory",
        "CNI is calico: flannel's interface and routes are not checked",
        (
            "this host's route to 192.168.0.3 differs from its route to the cluster, so nothing "
            "is sent there"
        ),
        "the API servers do not run as pods, so this is not a kubeadm control plane",
        "the kubeconfig's user lacks permission: GET",
        "cannot be determined without an SSH login to each",
    ):
        assert reason in done.stdout
    assert "test_node_is_ready" not in done.stdout
    assert TOKEN not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("path", "key", "test"),
    [
        ("/api/v1/nodes", "conditions", "test_node_is_ready[rack3]"),
        ("/api/v1/pods", "conditions", "test_pod_of_the_network_plugin_is_ready[rack3]"),
    ],
)
def test_what_is_seen_to_be_wrong_fails(
    certificate: Path, tmp_path: Path, path: str, key: str, test: str
) -> None:
    reported = answers()
    first = min(reported[path]["items"], key=lambda it: str(it["metadata"]["name"]))
    first["status"] = {**first["status"], key: [{"type": "Ready", "status": "False"}]}
    with serving(certificate, reported, tmp_path) as inventory:
        done = acceptance(tmp_path, "--inventory", str(inventory))
    assert done.exit_code == pytest.ExitCode.TESTS_FAILED, done.stdout
    assert test in done.stdout


def test_user_who_may_not_look_knows_nothing(certificate: Path, tmp_path: Path) -> None:
    with serving(certificate, {}, tmp_path) as inventory:
        done = acceptance(tmp_path, "--inventory", str(inventory))
    assert done.exit_code == HARNESS
    assert "the kubeconfig's user may not read the cluster: GET /api/v1/nodes: 403" in done.stderr


def test_nothing_is_left_of_a_run(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    with serving(certificate, answers(), tmp_path) as inventory:
        assert acceptance(tmp_path, "--inventory", str(inventory), "-n", "2").exit_code == 0
    assert list((tmp_path / "temporary").glob("labgen-*")) == []
