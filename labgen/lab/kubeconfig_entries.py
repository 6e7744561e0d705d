"""A lab's cluster, user and context among a kubeconfig's entries.

labgen marks what it adds with the lab that owns it, as an extension, which kubectl keeps when
entries are changed or renamed. A name alone says nothing: the user may have a cluster of that name.
"""

import base64
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from labgen.lab import ownership
from labgen.lab.kubeconfig_file import HEAD, LISTS, Content, body, entries
from labgen.lab.lab import Lab
from labgen.lab.ownership import Owner

EXTENSION = "labgen"
AUTHORITY, CERTIFICATE = "certificate-authority-data", "client-certificate-data"
CURRENT = "current-context"
NO_CONTEXT = DoubleQuotedScalarString("")  # as kubectl writes it


@dataclass(frozen=True)
class Claim:
    """Which lab's entries are meant. Those of an older labgen have no mark: their name and their
    cluster's CA identify them, where these are given."""

    lab: Owner
    name: str = ""
    authority: str = ""  # base64 of the CA's PEM, as in the file

    def has(self, content: Content, entry: Content, field: str) -> bool:
        """Return whether the entry of clusters, users or contexts belongs to the lab."""
        if marked := owner_of(entry, field):
            return marked == self.lab
        if entry.get("name") != self.name or not self.authority:
            return False
        said = body(entry, field)
        like_labgens = {
            "clusters": True,
            "users": CERTIFICATE in said,
            "contexts": said.get("cluster") == said.get("user") == self.name,
        }
        return like_labgens[field] and self.authority in (
            body(cluster, "clusters").get(AUTHORITY)
            for cluster in entries(content, "clusters")
            if cluster.get("name") == self.name
        )


def claim(lab: Lab) -> Claim:
    """Return the claim of the lab."""
    return Claim(ownership.owner(lab), lab.context, _data(lab.keys / "ca.crt"))


def owner_of(entry: Content, field: str) -> Owner | None:
    """Return the lab whose mark the entry has; None without one of this host."""
    for extension in _extensions(entry, field):
        if _is_mark(extension):
            return ownership.labelled(str(extension.get("extension")))
    return None


def owned(content: Content, claim: Claim) -> dict[str, list[int]]:
    """Return the positions of the lab's entries, by the field that lists them."""
    return {
        field: [
            number
            for number, entry in enumerate(entries(content, field))
            if claim.has(content, entry, field)
        ]
        for field in LISTS
    }


def names(content: Content, field: str, positions: Collection[int]) -> list[str]:
    """Return the names of the entries at these positions."""
    return [str(entries(content, field)[position].get("name")) for position in positions]


def taken(content: Content, claim: Claim) -> Iterator[tuple[str, int]]:
    """Yield the entries of the lab's name that are not the lab's: the field that lists it, and its
    position."""
    for field in LISTS:
        for position, entry in enumerate(entries(content, field)):
            if entry.get("name") == claim.name and not claim.has(content, entry, field):
                yield field, position


def put(content: Content, lab: Lab, *, as_current: bool) -> None:
    """Add or update the lab's entries. What the user added to them stays, such as a namespace.

    Entries of the lab's name that are not the lab's are replaced. With as_current, the lab's
    context becomes the current one where there is none.
    """
    for field, value in zip(HEAD, ("Config", "v1"), strict=True):
        if not content.get(field):
            content[field] = value
    mine = claim(lab)
    for field, position in reversed(list(taken(content, mine))):
        del content[field][position]
    added: dict[str, str] = {}
    for field in LISTS:
        added[field] = _put_entry(content, field, mine, _said(lab, field, added), _mark(lab))
    if as_current and not content.get(CURRENT):
        content[CURRENT] = added["contexts"]


def take_out(content: Content, claim: Claim) -> None:
    """Remove the lab's entries. A current context that is gone is no longer the current one."""
    gone = owned(content, claim)
    contexts = names(content, "contexts", gone["contexts"])
    for field, positions in gone.items():
        for position in reversed(positions):
            del content[field][position]
    left = [entry.get("name") for entry in entries(content, "contexts")]
    if content.get(CURRENT) in contexts and content[CURRENT] not in left:
        content[CURRENT] = NO_CONTEXT


def contexts_on(content: Content, clusters: Collection[str]) -> list[str]:
    """Return the contexts that name one of these clusters."""
    found = entries(content, "contexts")
    return [str(it.get("name")) for it in found if body(it, "contexts").get("cluster") in clusters]


def _said(lab: Lab, field: str, added: dict[str, str]) -> Content:
    """Return what the lab's entry says; added names its cluster and user."""
    if field == "clusters":
        jump = {"tls-server-name": str(lab.vip)} if lab.jump else {}
        return {AUTHORITY: _data(lab.keys / "ca.crt"), "server": lab.server, **jump}
    if field == "users":
        key = _data(lab.keys / "admin.key")
        return {CERTIFICATE: _data(lab.keys / "admin.crt"), "client-key-data": key}
    return {"cluster": added["clusters"], "user": added["users"]}


def _put_entry(content: Content, field: str, claim: Claim, said: Content, mark: Content) -> str:
    """Add or update one entry, and return its name."""
    for entry in content.get(field) or ():
        if claim.has(content, entry, field):
            found = body(entry, field)
            found.update({key: value for key, value in said.items() if found.get(key) != value})
            if not owner_of(entry, field):
                # a second one of that name, such as another host's, is an error for kubectl
                others = [it for it in _extensions(entry, field) if not _is_mark(it)]
                found["extensions"] = [*others, mark]
            return str(entry.get("name"))
    entry = {LISTS[field]: {**said, "extensions": [mark]}, "name": claim.name}
    if content.get(field):
        content[field].append(entry)
    else:
        content[field] = [entry]  # an empty list may be one in brackets
    return claim.name


def _extensions(entry: Content, field: str) -> list[object]:
    found = body(entry, field).get("extensions")
    return found if isinstance(found, list) else []


def _is_mark(extension: object) -> TypeGuard[Content]:
    return isinstance(extension, dict) and extension.get("name") == EXTENSION


def _mark(lab: Lab) -> Content:
    return {"name": EXTENSION, "extension": {"lab": ownership.label(lab)}}


def _data(pem: Path) -> str:
    return base64.b64encode(pem.read_bytes()).decode() if pem.exists() else ""
