"""Proxies in the environment, by the rules of Go's programs."""

from ipaddress import IPv4Address

import pytest

from labgen.system import proxy

VIP = IPv4Address("10.89.0.244")
SET = {"HTTPS_PROXY": "http://proxy:3128"}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"HTTP_PROXY": "http://proxy:3128"}, None),
        (SET, "HTTPS_PROXY"),
        ({"https_proxy": "http://proxy:3128", "HTTPS_PROXY": ""}, "https_proxy"),
        ({**SET, "NO_PROXY": "localhost, 10.0.0.0/8"}, None),
        ({**SET, "no_proxy": "10.89.0.244"}, None),
        ({**SET, "no_proxy": "10.89.0.244:8443"}, None),
        ({**SET, "no_proxy": "*"}, None),
        ({**SET, "NO_PROXY": "10.90.0.0/16,.example,fd00::/8", "no_proxy": "*"}, "HTTPS_PROXY"),
    ],
)
def test_the_variable_that_leads_to_a_proxy_is_named(
    environment: dict[str, str], expected: str | None
) -> None:
    assert proxy.in_the_way(environment, VIP) == expected
    assert proxy.in_the_way({**SET, **environment}, IPv4Address("127.89.0.244")) is None
    around = proxy.bypass(environment, ["10.89.0.0/24"])
    assert proxy.in_the_way({**environment, **around}, VIP) is None


def test_what_was_excepted_before_stays() -> None:
    environment = {"all_proxy": "socks5://p", "NO_PROXY": "a,10.0.0.1", "no_proxy": "b,a"}
    around = proxy.bypass(environment, [VIP])
    assert around == dict.fromkeys(("NO_PROXY", "no_proxy"), "a,10.0.0.1,b,10.89.0.244")
    assert proxy.bypass({"NO_PROXY": "a"}, [VIP]) == {}
