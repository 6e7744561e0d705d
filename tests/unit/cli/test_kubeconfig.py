"""labgen kubeconfig: the admin's kubeconfig, its CA, and what a proxy makes necessary."""

import pytest

from labgen.cluster import kubectl
from labgen.lab.lab import Lab
from tests.unit.cli.calling import labgen
from tests.unit.lab.samples import made, with_keys


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Lab:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    lab = with_keys(made(name="demo"))
    lab.kubeconfig.write_text("{}\n")
    return lab


def test_the_kubeconfig_is_all_that_is_printed(demo: Lab) -> None:
    said = labgen("kubeconfig", "demo")
    assert (said.exit_code, said.out, said.err) == (0, "{}\n", "")


def test_the_path_of_the_ca_is_printed_for_curl(demo: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    said = labgen("kubeconfig", "--ca", "demo")
    assert (said.exit_code, said.out, said.err) == (0, f"{demo.keys}/ca.crt\n", "")


def test_a_proxy_in_the_way_is_named_with_what_to_type(
    demo: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@proxy:3128")
    monkeypatch.setenv("NO_PROXY", "localhost")
    said = labgen("kubeconfig", "demo")
    assert said.out == "{}\n"
    value = f"localhost,{demo.subnet},{demo.vip}"
    assert said.err == (
        f"HTTPS_PROXY is set; so that your own kubectl reaches the lab: export NO_PROXY={value}\n"
    )
    monkeypatch.setenv("NO_PROXY", value)
    assert labgen("kubeconfig", "demo").err == ""


def test_labgens_kubectl_goes_around_every_proxy(
    demo: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy:3128")
    monkeypatch.setenv("no_proxy", "localhost")
    environment = kubectl.environment(demo)
    expected = f"localhost,{demo.subnet},{demo.vip}"
    assert (environment["NO_PROXY"], environment["no_proxy"]) == (expected, expected)
    assert environment["https_proxy"] == "http://proxy:3128"  # for kubectl apply -f https://...
    assert environment["KUBECONFIG"] == str(demo.kubeconfig)
