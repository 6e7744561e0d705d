"""The package mirrors of a site: Debian's, and Kubernetes' in its project's layout.

Their content comes from the bundle. Kubernetes' packages are built here, with the project's names,
versions and paths. apt and curl reach them by HTTP and HTTPS, as they would reach the real ones.
"""

import shutil
import ssl
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread

from labgen.bundle import store
from labgen.bundle.engine import digests
from labgen.bundle.parts import packages
from labgen.bundle.store import Bundle
from labgen.system import files
from labgen.system.process import run
from tests.e2e.support.bare_machines import BareMachine

KUBERNETES = "pkgs.k8s.io"  # as in provisioners/phases/kubernetes.sh
DEBIAN_PORT, KUBERNETES_PORT = 8081, 443
KEYRING = "/etc/apt/keyrings/site.asc"
AUTHORITY = "/usr/local/share/ca-certificates/site.crt"
AUTHORITIES = "ca-certificates"
TIMEOUT = 60.0
UNIT = """\
[Service]
ExecStart=/usr/bin/kubelet
Restart=always
RestartSec=10

[Install]
WantedBy=multi-user.target
"""
DROP_IN = """\
[Service]
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
"""
UNITS = "usr/lib/systemd/system"


@dataclass(frozen=True)
class Mirror:
    """The mirrors at host; directory has the served files, the key and the certificate."""

    host: IPv4Address
    directory: Path

    def use(self, machine: BareMachine) -> None:
        """Make this mirror the machine's only package source, with the site's keys trusted."""
        source = f"deb [signed-by={KEYRING}] http://{self.host}:{DEBIAN_PORT}/{machine.suite} ./\n"
        machine.inside("sh", "-c", "rm -rf /etc/apt/sources.list.d/*")
        machine.write("/etc/apt/sources.list", source)
        machine.write(KEYRING, (self.directory / "key.asc").read_text())
        machine.write(AUTHORITY, (self.directory / "site.crt").read_text())
        hosts = machine.inside("cat", "/etc/hosts").stdout
        machine.write("/etc/hosts", f"{hosts}{self.host} {KUBERNETES}\n")
        apt = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--yes", "--quiet")
        machine.inside(*apt, "update", timeout=TIMEOUT)
        machine.inside(*apt, "install", "--no-install-recommends", AUTHORITIES, timeout=TIMEOUT)


@contextmanager
def serving(directory: Path, host: IPv4Address, suite: str, version: str) -> Iterator[Mirror]:
    """Serve mirrors at host for that suite of Debian and that version of Kubernetes."""
    mirror = Mirror(host, files.private_directory(directory))
    try:
        _make(mirror, suite, store.require(version))
        with (
            _serving(mirror.directory / "debian", (host, DEBIAN_PORT), None),
            _serving(mirror.directory / "kubernetes", (host, KUBERNETES_PORT), mirror.directory),
        ):
            yield mirror
    finally:
        run(["gpgconf", "--homedir", directory, "--kill", "all"], timeout=30, check=False)
        shutil.rmtree(directory)


def _make(mirror: Mirror, suite: str, bundle: Bundle) -> None:
    identity = ["--quick-generate-key", "site", "ed25519", "sign", "never"]
    _gpg(mirror, "--pinentry-mode", "loopback", "--passphrase", "", *identity)
    (mirror.directory / "key.asc").write_text(_gpg(mirror, "--armor", "--export"))
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    words += ["-nodes", "-subj", "/CN=site", "-addext", f"subjectAltName=DNS:{KUBERNETES}"]
    words += ["-keyout", "site.key", "-out", "site.crt"]
    run(words, timeout=TIMEOUT, cwd=mirror.directory)

    debian = mirror.directory / "debian" / suite
    debian.mkdir(parents=True)
    with tarfile.open(bundle.directory / packages.archive(suite)) as archive:
        archive.extractall(debian, filter="data")
    _sign(mirror, debian)

    minor = bundle.version.rpartition(".")[0]
    kubernetes = mirror.directory / "kubernetes/core:/stable:" / minor / "deb"
    kubernetes.mkdir(parents=True)
    _pack_all(mirror.directory / "tree", kubernetes, bundle)
    shutil.copy(mirror.directory / "key.asc", kubernetes / "Release.key")
    _sign(mirror, kubernetes)


def _pack_all(scratch: Path, to: Path, bundle: Bundle) -> None:
    """Build the project's packages with the content that kubeadm's documents name."""
    version = f"{bundle.version.removeprefix('v')}-1.1"
    for name in ("kubeadm", "kubelet", "kubectl"):
        _add(scratch / name / "usr/bin" / name, (bundle.bin / name).read_bytes(), 0o755)
    _add(scratch / f"kubelet/{UNITS}/kubelet.service", UNIT.encode())
    _add(scratch / f"kubeadm/{UNITS}/kubelet.service.d/10-kubeadm.conf", DROP_IN.encode())
    _add(scratch / "cri-tools/usr/bin/crictl", b"#!/bin/sh\n", 0o755)
    _add(scratch / "kubernetes-cni/opt/cni/bin/loopback", b"#!/bin/sh\n", 0o755)
    _pack(scratch / "kubeadm", to, version, "cri-tools (>= 1.30.0)")
    _pack(
        scratch / "kubelet", to, version, "iptables (>= 1.4.21), kubernetes-cni (>= 1.2.0), mount"
    )
    _pack(scratch / "kubectl", to, version)
    _pack(scratch / "cri-tools", to, version)
    _pack(scratch / "kubernetes-cni", to, "1.8.0-1.1")


def _add(path: Path, content: bytes, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)


def _pack(tree: Path, to: Path, version: str, depends: str = "") -> None:
    architecture = run(["dpkg", "--print-architecture"], timeout=30).stdout.strip()
    lines = [f"Package: {tree.name}", f"Version: {version}", f"Architecture: {architecture}"]
    lines += ["Maintainer: nobody <nobody@example.org>", "Description: a stand-in"]
    lines += [f"Depends: {depends}"] if depends else []
    _add(tree / "DEBIAN/control", ("\n".join(lines) + "\n").encode())
    target = to / f"{tree.name}_{version}_{architecture}.deb"
    run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, target], timeout=TIMEOUT)


def _sign(mirror: Mirror, directory: Path) -> None:
    """Write apt's index of the packages in directory, and sign it."""
    index = directory / packages.INDEX
    index.write_text(packages.index(directory))
    digest = digests.of_file(index)
    lines = ["Origin: site", f"Date: {formatdate(usegmt=True)}", "SHA256:"]
    lines.append(f" {digest.sha256} {digest.size} {index.name}")
    release = directory / "Release"
    release.write_text("\n".join(lines) + "\n")
    _gpg(mirror, "--clearsign", "--output", str(directory / "InRelease"), str(release))


def _gpg(mirror: Mirror, *words: str) -> str:
    return run(["gpg", "--homedir", mirror.directory, "--batch", *words], timeout=TIMEOUT).stdout


@contextmanager
def _serving(
    directory: Path, place: tuple[IPv4Address, int], certificate: Path | None
) -> Iterator[None]:
    """Serve directory at place; by TLS with the key in the directory certificate, if given."""

    class Quiet(SimpleHTTPRequestHandler):
        protocol_version = (
            "HTTP/1.1"  # clients take a TLS connection that just ends for a truncated one
        )

        def log_message(self, *_: object) -> None:
            """Log nothing: apt sends many requests."""

    host, port = place
    with ThreadingHTTPServer((str(host), port), partial(Quiet, directory=str(directory))) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate / "site.crt", certificate / "site.key")
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
