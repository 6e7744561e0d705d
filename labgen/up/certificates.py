"""Copy the files that all control planes of a cluster share from the first one.

The files pass only through this process's memory, never through the host's disk or a log.
"""

import base64
import io
import tarfile
from collections.abc import Mapping

from labgen.errors import LabgenError
from labgen.render.files import File
from labgen.system import files
from labgen.up.context import Context

HERE = "/etc/kubernetes"
# The keys of the certificate authorities, the key that signs service accounts' tokens, and the
# administrator's kubeconfig: kubeadm makes all else from them.
SHARED = (
    "pki/ca.crt",
    "pki/ca.key",
    "pki/front-proxy-ca.crt",
    "pki/front-proxy-ca.key",
    "pki/etcd/ca.crt",
    "pki/etcd/ca.key",
    "pki/sa.pub",
    "pki/sa.key",
    "admin.conf",
)
TIMEOUT = 30.0  # seconds; a few small files
READ = 'set -o pipefail; tar --create --directory "$0" -- "$@" | base64'


def shared(context: Context) -> Mapping[str, File]:
    """Return the shared files of the first control plane, by their paths in a payload.

    Raises LabgenError with tar's message if a file is missing.
    """
    first = context.lab.control_planes[0].name
    words = ["bash", "-c", READ, HERE, *SHARED]
    # an error's message contains the command's output, and this command prints keys
    done = context.ssh.run(first, words, timeout=TIMEOUT * context.lab.slowdown, check=False)
    if not done.ok:
        raise LabgenError(
            f"the cluster's certificates cannot be copied from {first}",
            last_seen=done.stderr.strip(),
            hint=f"labgen ssh {context.lab.name} {first}    to resume: {context.lab.up_command}",
        )
    with tarfile.open(fileobj=io.BytesIO(base64.b64decode(done.stdout))) as archive:
        read = ((name, archive.extractfile(name)) for name in SHARED)
        return {
            f"certificates/{name}": File(file.read().decode(), files.PRIVATE)
            for name, file in read
            if file is not None
        }
