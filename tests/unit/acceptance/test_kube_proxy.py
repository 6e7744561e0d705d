"""kube-proxy's metrics become one sentence."""

from types import SimpleNamespace

import pytest

from acceptance.framework.clients import kube_proxy

METRICS = f"""1000.5
# TYPE {kube_proxy.QUEUED} gauge
{kube_proxy.QUEUED}{{ip_family="IPv4"}} 9.9e+02
{kube_proxy.QUEUED}{{ip_family="IPv6"}} 1e+01
{kube_proxy.WRITTEN}{{ip_family="IPv4"}} 9.5e+02
"""
UNKNOWN = (
    "kube-proxy last learned of a change at no known time and last wrote its rules at no known time"
)


def _host(rc: int, stdout: str, stderr: str = "") -> SimpleNamespace:
    answer = SimpleNamespace(rc=rc, stdout=stdout, stderr=stderr)
    return SimpleNamespace(run=lambda *_: answer)


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        (
            _host(0, METRICS),
            "kube-proxy last learned of a change 10.5 s ago and last wrote its rules 50.5 s ago",
        ),
        (_host(0, "1000.5\n"), UNKNOWN),
        (
            _host(7, "1000.5\n", "curl: (7) refused\n"),
            f"kube-proxy's metrics at {kube_proxy.METRICS} are not known: curl: (7) refused",
        ),
    ],
)
def test_kube_proxy_explains_itself(host: SimpleNamespace, sentence: str) -> None:
    assert kube_proxy.explain(host) == sentence
