"""Admission policies that forbid what users do."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from acceptance.framework.clients.api import ApiError
from tests.e2e.mutation.cluster_editor import ClusterEditor

ADMISSION = "/apis/admissionregistration.k8s.io/v1"
RULE = {"apiGroups": [""], "apiVersions": ["v1"]}
REFUSED = 422  # HTTP: what the API says of what a policy refuses (Invalid)


@contextmanager
def forbidden(
    editor: ClusterEditor, name: str, operation: str, resource: str, expression: str
) -> Iterator[None]:
    """Add an admission policy that requires the CEL expression, and wait until it is in force."""
    policies = f"{ADMISSION}/validatingadmissionpolicies"
    bindings = f"{ADMISSION}/validatingadmissionpolicybindings"
    rule = {**RULE, "operations": [operation], "resources": [resource]}
    # and one thing that is tried until it is refused: then the policy is known to all API servers
    tried = {**RULE, "operations": ["CREATE"], "resources": ["configmaps"]}
    kind = {"apiVersion": f"{ADMISSION.removeprefix('/apis/')}"}
    guarded = f"request.resource.resource == 'configmaps' ? object.metadata.name != '{name}' : "
    policy = {
        **kind,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "matchConstraints": {"resourceRules": [rule, tried]},
            "validations": [{"expression": f"{guarded}({expression})"}],
        },
    }
    binding = {
        **kind,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {"policyName": name, "validationActions": ["Deny"]},
    }
    try:
        editor.api.send("POST", policies, policy)
        editor.api.send("POST", bindings, binding)
        for machine in editor.masters:
            editor.until(
                f"the policy on {machine.name}",
                partial(_refuses, editor, name, str(machine.address)),
            )
        yield
    finally:
        editor.remove(f"{bindings}/{name}")
        editor.remove(f"{policies}/{name}")


def _refuses(editor: ClusterEditor, name: str, address: str) -> bool:
    """Return whether the API server at that address refuses what the policy forbids."""
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}}
    own = editor.api_at(address)
    try:
        own.send("POST", "/api/v1/namespaces/default/configmaps?dryRun=All", manifest)
    except ApiError as error:
        return error.status == REFUSED
    return False
