"""A manifest as octets: what is kept, sealed, with a parcel, and what the hash in the audit record covers.

The octets are canonical JSON (sorted keys, no white space, UTF-8), so one manifest has one hash wherever it is
written, and whoever has the ``manifest`` of an evidence sheet can compute it. Keys: ``format``, ``mode``, ``method``
(an object of strings), ``outer_name``, ``size`` (octets), ``sha256``, ``is_names_hidden``, ``items`` (a list of
``name``, ``size``, ``sha256``, ``findings``; a finding is ``kind`` and ``count``). A later format has another name;
this one stays readable.
"""

from __future__ import annotations

import json

from mailguard.errors import ContentDamaged
from mailguard.model.protection import Item, Manifest, Mode

FORMAT = "mailguard-parcel-manifest-1"


def canonical(value: object) -> bytes:
    """A JSON value in its one spelling. Half of a surrogate pair, which no UTF-8 has, is written as ``\\udXXX``."""
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    # A name may hold both halves as two characters; JSON makes one of them, so they are joined before the hash.
    joined = written.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return joined.encode("utf-8", "backslashreplace")


def manifest_json(manifest: Manifest) -> bytes:
    """The octets to keep and to hash."""
    return canonical(
        {
            "format": FORMAT,
            "mode": manifest.mode.value,
            "method": manifest.method,
            "outer_name": manifest.outer_name,
            "size": manifest.size,
            "sha256": manifest.sha256,
            "is_names_hidden": manifest.is_names_hidden,
            "items": [
                {
                    "name": item.name,
                    "size": item.size,
                    "sha256": item.sha256,
                    "findings": [{"kind": kind, "count": count} for kind, count in item.findings],
                }
                for item in manifest.items
            ],
        }
    )


def manifest_of(octets: bytes) -> Manifest:
    """The manifest of its octets. Raises ``ContentDamaged`` where they are not what ``manifest_json`` writes."""
    try:
        manifest = _read(json.loads(octets))
        is_whole = manifest_json(manifest) == octets
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ContentDamaged(f"a manifest cannot be read: {type(error).__name__}") from None
    if not is_whole:
        raise ContentDamaged("a manifest is not in the form it was written in")
    return manifest


def _read(value: dict[str, object]) -> Manifest:
    """Types are not asked for one by one: a value of another type is written differently than it was read."""
    items = value["items"]
    method = value["method"]
    if value["format"] != FORMAT or not isinstance(items, list) or not isinstance(method, dict):
        raise ValueError
    return Manifest(
        mode=Mode(str(value["mode"])),
        method={str(key): str(word) for key, word in method.items()},
        outer_name=str(value["outer_name"]),
        size=_whole_number(value["size"]),
        sha256=str(value["sha256"]),
        items=tuple(_item(item) for item in items),
        is_names_hidden=bool(value["is_names_hidden"]),
    )


def _item(value: dict[str, object]) -> Item:
    findings = value["findings"]
    if not isinstance(findings, list):
        raise TypeError
    return Item(
        name=str(value["name"]),
        size=_whole_number(value["size"]),
        sha256=str(value["sha256"]),
        findings=tuple((str(found["kind"]), _whole_number(found["count"])) for found in findings),
    )


def _whole_number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return value
