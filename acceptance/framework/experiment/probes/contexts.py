"""TLS contexts in addition to those of a kubeconfig."""

import ssl
from pathlib import Path

from acceptance.framework.experiment.probes.http2 import ALPN

# the names of the files in the directory that etcd() reads
AUTHORITY, CERTIFICATE, KEY = "ca.crt", "client.crt", "client.key"


def http2(context: ssl.SSLContext) -> ssl.SSLContext:
    """Return the same context, which now offers HTTP/2."""
    context.set_alpn_protocols([ALPN])
    return context


def etcd(directory: Path) -> ssl.SSLContext:
    """Return the context of an etcd client with the files in that directory."""
    context = ssl.create_default_context(cafile=str(directory / AUTHORITY))
    context.load_cert_chain(directory / CERTIFICATE, directory / KEY)
    return http2(context)
