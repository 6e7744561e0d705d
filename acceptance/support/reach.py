"""The precondition of the whole suite: a lab whose API answers through the VIP."""

import pytest

from acceptance.support import api as api_access
from acceptance.support import kubeconfig, machines
from acceptance.support.api import FAILURES, Api
from labgen.lab import access
from labgen.lab.lab import Lab
from labgen.report.errors import LabgenError

LAB = pytest.StashKey[Lab]()
TIMEOUT = 5.0  # seconds; a healthy API answers /readyz within a tenth of one


def through_vip(lab: Lab) -> Api:
    """The API behind the VIP, which has just answered /readyz.

    Raises LabgenError with what was seen instead: the API's failure and who holds the VIP.
    """
    access.ensure_route(lab)
    try:
        api = api_access.connect(kubeconfig.credentials(lab.kubeconfig), timeout=TIMEOUT)
        api.send("GET", "/readyz")
    except FAILURES as error:
        raise LabgenError(
            f"the API of lab {lab.name} does not answer at https://{lab.endpoint}",
            last_seen=f"{type(error).__name__}: {error}; {_holders(lab)}",
            hint=f"labgen status {lab.name}    labgen start {lab.name}",
        ) from error
    return api


def _holders(lab: Lab) -> str:
    try:
        found = machines.vip_holders(lab, machines.on(lab), lab.control_planes)
    except (LabgenError, AssertionError, RuntimeError) as error:
        return f"who holds the VIP is unknown: {error}"
    return f"the VIP is held by {', '.join(found) or 'no machine'}"
