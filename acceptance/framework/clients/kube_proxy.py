"""What a machine's kube-proxy reports about its rules, to explain a Service that is silent."""

import re
from typing import Any

# kube-proxy's metricsBindAddress, unless its configuration says otherwise
METRICS = "http://127.0.0.1:10249/metrics"
QUEUED = "kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds"
WRITTEN = "kubeproxy_sync_proxy_rules_last_timestamp_seconds"
# kube-proxy writes the rules of a new Service within a second; if the write fails, it tries again
# after its syncPeriod, 30 s (kubernetes, pkg/proxy/iptables, NewBoundedFrequencyRunner). Between
# two looks, a request may take 6 s.
NEW_SERVICE = 40.0


def explain(host: Any) -> str:
    """Return when kube-proxy last learned of a change and last wrote its rules, as a sentence.

    host is a testinfra host. The metrics of all address families are taken together.
    """
    answer = host.run("date +%%s.%%N && curl -sS --noproxy '*' --max-time 5 %s", METRICS)
    if answer.rc != 0:
        return f"kube-proxy's metrics at {METRICS} are not known: {answer.stderr.strip()}"
    first, _, metrics = answer.stdout.partition("\n")
    now = float(first)
    learned, wrote = _ago(now, metrics, QUEUED), _ago(now, metrics, WRITTEN)
    return f"kube-proxy last learned of a change {learned} and last wrote its rules {wrote}"


def _ago(now: float, metrics: str, name: str) -> str:
    found = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", metrics, re.MULTILINE)
    latest = max(map(float, found), default=0.0)
    return f"{now - latest:.1f} s ago" if latest else "at no known time"
