"""Fetch the credentials that later steps and the user need from a control plane."""

import base64
import json
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from labgen.errors import LabgenError
from labgen.lab.lab import Lab, Machine
from labgen.system import files
from labgen.up.context import Context
from labgen.up.graph import Outcome
from labgen.up.steps.prepare import reach

CREDENTIALS = (
    "cat /etc/kubernetes/admin.conf; echo ...; "
    "openssl x509 -pubkey -noout -in /etc/kubernetes/pki/ca.crt"
    " | openssl pkey -pubin -outform der | sha256sum"
)


def fetch_credentials(context: Context, machine: Machine) -> Outcome:
    """Keep the administrator's kubeconfig and the pin of the cluster's CA, which machine has.

    Raises LabgenError if the machine does not answer, or returns something else.
    """
    reach(context, machine)
    done = context.ssh.run(machine.name, ["bash", "-c", CREDENTIALS], timeout=30)
    try:
        admin_conf, _, pin = done.stdout.partition("...\n")
        _keep(context.lab, YAML(typ="safe").load(admin_conf))
        files.write(context.lab.keys / "ca.pin", f"sha256:{pin.split()[0]}\n")
    except (YAMLError, KeyError, IndexError, TypeError, ValueError) as error:
        raise LabgenError(
            f"{machine.name} did not return the administrator's kubeconfig and the CA's key",
            last_seen=(done.stdout.strip().splitlines() or ["no output"])[0],
            hint=f"if this is what its shell prints, it must print nothing for: "
            f"labgen exec {context.lab.name} {machine.name} true",
        ) from error
    return Outcome.CHANGED


def _keep(lab: Lab, admin_conf: dict[str, Any]) -> None:
    """Store the credentials as PEM files, and as a kubeconfig that names the lab."""
    cluster = admin_conf["clusters"][0]["cluster"]
    user = admin_conf["users"][0]["user"]
    pems = {
        "ca.crt": cluster["certificate-authority-data"],
        "admin.crt": user["client-certificate-data"],
        "admin.key": user["client-key-data"],
    }
    for name, data in pems.items():
        files.write(lab.keys / name, base64.b64decode(data), mode=files.PRIVATE)
    if lab.jump:
        cluster = {**cluster, "server": lab.server, "tls-server-name": str(lab.vip)}
    kubeconfig = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": lab.context, "cluster": cluster}],
        "users": [{"name": lab.context, "user": user}],
        "contexts": [
            {"name": lab.context, "context": {"cluster": lab.context, "user": lab.context}}
        ],
        "current-context": lab.context,
    }
    # JSON is YAML, and kubectl writes either
    files.write(lab.kubeconfig, json.dumps(kubeconfig, indent=2) + "\n", mode=files.PRIVATE)
