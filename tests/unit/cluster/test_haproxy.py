"""Parsing of HAProxy's statistics."""

from labgen.cluster import haproxy

STATS = """\
# pxname,svname,qcur,status,weight
kubernetes-api,FRONTEND,,OPEN,
api-servers,master1,0,UP,1
api-servers,master2,0,DOWN 1/2,1
api-servers,master3,0,MAINT (resolution),1
api-servers,BACKEND,0,UP,1
health,FRONTEND,,OPEN,
"""


def test_haproxys_servers_are_read_and_its_frontends_passed_over() -> None:
    servers = haproxy.parse(f"\n{STATS}\n")
    assert servers == {"master1": "UP", "master2": "DOWN", "master3": "MAINT"}


def test_status_shows_that_checks_have_begun_to_fail_or_that_there_are_none() -> None:
    more = "api-servers,master4,0,UP 1/2,1\nother,web,0,no check,1\n"
    servers = haproxy.statuses(STATS + more)
    assert (servers["master1"], servers["master4"], servers["web"]) == ("UP", "UP 1/2", "no check")
    assert haproxy.parse(STATS + more)["master4"] == "UP"


def test_a_haproxy_that_says_nothing_sees_no_servers() -> None:
    assert haproxy.parse("\n") == {}
