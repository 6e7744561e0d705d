"""What the API says to a machine of the cluster that asks it over HTTPS, without a login."""

from typing import Any

from acceptance.framework import missing_tools

AUTHORITY = "/etc/kubernetes/pki/ca.crt"
STRANGERS = {"401", "403"}  # where nobody may ask as nobody; the API has answered all the same


def of_api(host: Any, place: str, *, at: str = "") -> str:
    """ok, or what is wrong: /readyz asked at place (HOST:PORT), whose certificate has to be good
    for HOST; with at, the connection goes there instead."""
    way = ["--connect-to", f"{place}:{at}"] if at else []
    words = ["--write-out", "\n%{http_code}", *way, f"https://{place}/readyz"]
    line = "curl -sS --max-time 5 --cacert %s" + " %s" * len(words)
    answer = host.run(line, AUTHORITY, *words)
    missing_tools.ensure_curl(answer)
    if answer.rc != 0:
        return str(answer.stderr.strip())
    body, _, status = answer.stdout.rpartition("\n")
    return "ok" if status in STRANGERS else str(body)
