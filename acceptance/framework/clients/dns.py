"""Query the cluster's DNS servers from a machine of the cluster.

The machine only forwards the packets, so it needs no tools except bash.
"""

import base64
from dataclasses import dataclass
from typing import Any

import dns.message
import dns.rdatatype
from dns.exception import DNSException

# a datagram may be lost, as every client of DNS knows: two attempts
CARRY = """
exec 3<>"/dev/udp/$1/53"
for attempt in 1 2; do
  base64 -d <<<"$2" >&3
  answer=$(timeout 2 dd bs=4096 count=1 status=none <&3 | base64 -w 0)
  [ -z "$answer" ] || break
done
printf %s "$answer"
"""


@dataclass(frozen=True)
class Found:
    """The answer for a name: its addresses, and the names it is an alias of."""

    addresses: frozenset[str]
    aliases: tuple[str, ...]


def ask(host: Any, server: str, name: str) -> Found:
    """Query server for the A records of name; host is a testinfra host.

    Raises AssertionError if there is no answer, or an error in the answer.
    """
    question = dns.message.make_query(name, dns.rdatatype.A)
    packet = base64.b64encode(question.to_wire()).decode()
    carried = host.run("bash -c %s carry %s %s", CARRY, server, packet)
    assert carried.stdout, f"{server} does not answer: {carried.stderr.strip() or 'no datagram'}"
    try:
        answer = dns.message.from_wire(base64.b64decode(carried.stdout))
    except (DNSException, ValueError) as error:
        raise AssertionError(f"the answer of {server} is not a DNS message: {error}") from error
    assert question.is_response(answer), f"{server} answered a different question: {answer}"
    assert answer.rcode() == 0, f"{server} does not know {name}: {answer}"
    return _found(answer)


def _found(answer: dns.message.Message) -> Found:
    records = [record for group in answer.answer for record in group]
    return Found(
        frozenset(r.address for r in records if r.rdtype == dns.rdatatype.A),
        tuple(str(r.target).rstrip(".") for r in records if r.rdtype == dns.rdatatype.CNAME),
    )
