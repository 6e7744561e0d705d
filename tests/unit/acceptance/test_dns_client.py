"""Answers of DNS servers are parsed, including errors and missing ones."""

import base64
from collections.abc import Callable
from dataclasses import dataclass

import dns.message
import dns.rcode
import dns.rrset
import pytest

from acceptance.framework.clients import dns as names

NAME = "web.shop.svc.cluster.local"


@dataclass(frozen=True)
class Said:
    stdout: str
    stderr: str = ""


@dataclass(frozen=True)
class Host:
    """A machine that carries packets to the server."""

    server: Callable[[dns.message.Message], bytes]

    def run(self, *words: str) -> Said:
        *_, packet = words
        answer = self.server(dns.message.from_wire(base64.b64decode(packet)))
        return Said(base64.b64encode(answer).decode())


def answering(*records: tuple[str, str, str], rcode: int = dns.rcode.NOERROR) -> Host:
    def server(question: dns.message.Message) -> bytes:
        answer = dns.message.make_response(question)
        answer.set_rcode(dns.rcode.Rcode(rcode))
        for name, kind, value in records:
            answer.answer.append(dns.rrset.from_text(name + ".", 30, "IN", kind, value))
        return answer.to_wire()

    return Host(server)


def test_addresses_are_found() -> None:
    host = answering((NAME, "A", "10.244.1.2"), (NAME, "A", "10.244.2.3"))
    found = names.ask(host, "10.96.0.10", NAME)
    assert found == names.Found(frozenset({"10.244.1.2", "10.244.2.3"}), ())


def test_an_alias_is_found_with_what_it_stands_for() -> None:
    host = answering((NAME, "CNAME", "other.local."), ("other.local", "A", "10.96.3.4"))
    found = names.ask(host, "10.96.0.10", NAME)
    assert found == names.Found(frozenset({"10.96.3.4"}), ("other.local",))


def test_a_name_that_is_not_there_is_said() -> None:
    with pytest.raises(AssertionError, match=f"10.96.0.10 does not know {NAME}"):
        names.ask(answering(rcode=dns.rcode.NXDOMAIN), "10.96.0.10", NAME)


def test_silence_is_said() -> None:
    with pytest.raises(AssertionError, match=r"10\.96\.0\.10 does not answer: no datagram"):
        names.ask(Host(lambda _: b""), "10.96.0.10", NAME)


def test_an_answer_to_another_question_is_none() -> None:
    other = dns.message.make_response(dns.message.make_query("else.local", "A")).to_wire()
    with pytest.raises(AssertionError, match="answered a different question"):
        names.ask(Host(lambda _: other), "10.96.0.10", NAME)


def test_what_is_no_dns_is_said() -> None:
    with pytest.raises(AssertionError, match="is not a DNS message"):
        names.ask(Host(lambda _: b"\0\1"), "10.96.0.10", NAME)
