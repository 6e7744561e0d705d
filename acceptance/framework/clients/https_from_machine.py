"""Query the API over HTTPS from a machine of the cluster, without a login."""

from typing import Any

from acceptance.framework import missing_tools

AUTHORITY = "/etc/kubernetes/pki/ca.crt"
STRANGERS = {"401", "403"}  # anonymous requests are forbidden, but the API has answered


def of_api(host: Any, place: str, *, at: str = "") -> str:
    """Return "ok", or what is wrong with /readyz at place (HOST:PORT), whose certificate is for
    HOST.

    With at, the connection goes to that address instead.
    """
    way = ["--connect-to", f"{place}:{at}"] if at else []
    words = ["--write-out", "\n%{http_code}", *way, f"https://{place}/readyz"]
    line = "curl -sS --noproxy '*' --max-time 5 --cacert %s" + " %s" * len(words)
    answer = host.run(line, AUTHORITY, *words)
    missing_tools.ensure_curl(answer)
    if answer.rc != 0:
        return str(answer.stderr.strip())
    body, _, status = answer.stdout.rpartition("\n")
    return "ok" if status in STRANGERS else str(body)
