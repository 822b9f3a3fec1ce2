"""Texts of settings in which values are filled in: ``{phone}``, ``{password}``, ``{office}`` and ``{text}``.

Nothing else in braces is touched, so that a JSON body needs no escapes of its own. A value is escaped for the kind of
body it goes into: whatever it holds, it stays one value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import Enum
from html import escape
from urllib.parse import quote_plus

PLACEHOLDERS = frozenset({"phone", "password", "office", "text"})

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110 §5.1."""
HEADER_VALUE = re.compile(r"[!-~]+(?:[ -~]*[!-~])?")
"""RFC 9110 §5.5, without octets above ASCII: no line end, so no field of somebody else's."""

_PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)\}")


class BodyKind(Enum):
    """How a body is written, as far as values in it go."""

    JSON = "json"
    FORM = "form"
    XML = "xml"
    PLAIN = "plain"


def placeholders_in(template: str) -> list[str]:
    """The names in braces, known or not, in order."""
    return _PLACEHOLDER.findall(template)


def content_type_of(headers: Mapping[str, str], body: str) -> str:
    """The Content-Type that is sent: the one given, or what the body looks like."""
    for name, value in headers.items():
        if name.lower() == "content-type":
            return value
    return "application/json" if body.lstrip().startswith(("{", "[")) else "text/plain; charset=utf-8"


def kind_of(content_type: str) -> BodyKind:
    """The kind of a body of this Content-Type."""
    essence = content_type.partition(";")[0].strip().lower()
    if essence.endswith(("/json", "+json")):
        return BodyKind.JSON
    if essence == "application/x-www-form-urlencoded":
        return BodyKind.FORM
    if essence.endswith(("/xml", "+xml")):
        return BodyKind.XML
    return BodyKind.PLAIN


def filled(template: str, values: Mapping[str, str], kind: BodyKind = BodyKind.PLAIN) -> str:
    """The template with its values, each escaped as the kind needs it; unknown names stay as they are.

    In JSON a placeholder stands inside of quotes.
    """

    def value(found: re.Match[str]) -> str:
        return _escaped(values[found[1]], kind) if found[1] in values else found[0]

    return _PLACEHOLDER.sub(value, template)


def _escaped(value: str, kind: BodyKind) -> str:
    match kind:
        case BodyKind.JSON:
            return json.dumps(value)[1:-1]
        case BodyKind.FORM:
            return quote_plus(value)
        case BodyKind.XML:
            return escape(value)
        case BodyKind.PLAIN:
            return value
