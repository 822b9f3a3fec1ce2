"""The list of a bundle as plain text, and as ``sha256sum`` reads it. Made from the list alone, so that whoever checks
can make them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from mailguard.i18n import text

_FIELDS = (
    "office", "incident", "is_drill", "kind", "cause", "opened_at", "known_at", "exported_at", "exported_by", "purpose",
)  # fmt: skip


def written_list(manifest: Mapping[str, Any]) -> bytes:
    """For people: what is inside, what is missing, where the record stood."""
    lines = [f"{text('ja', 'bundle.list')} / {text('en', 'bundle.list')}", ""]
    lines += [f"{name}: {_one_line(manifest.get(name))}" for name in _FIELDS]
    head = manifest.get("record_head") or {}
    lines += [f"record: {head.get('seq', 0)} {head.get('hash', '-')}", ""]
    for one in manifest["files"]:
        lines += [f"{one['name']}  {one['size']}  {one['what']}", f"  SHA-256 {one['sha256']}"]
        if "wire_sha256" in one:
            lines.append(f"  SHA-256 (SMTP) {one['wire_sha256']}")
        if one.get("sent_to_positions"):
            lines.append(f"  recipients {', '.join(str(position + 1) for position in one['sent_to_positions'])}")
    for one in manifest["missing"]:
        lines += [f"{one['name']}  - {one['why']}", f"  SHA-256 (SMTP) {one.get('frozen_wire_sha256', '-')}"]
    return ("\n".join(lines) + "\n").encode()


def sums_of(manifest: Mapping[str, Any], octets: bytes) -> bytes:
    """Lines for ``sha256sum -c``: every file but this one. ``octets``: the list as it stands in the bundle."""
    own = [("manifest.json", sha256(octets).hexdigest()), ("manifest.txt", sha256(written_list(manifest)).hexdigest())]
    listed = [(str(one["name"]), str(one["sha256"])) for one in manifest["files"]]
    return "".join(f"{digest}  {name}\n" for name, digest in own + listed).encode()


def _one_line(value: object) -> str:
    return " ".join(str(value).split())
