"""What pydantic found, in sentences for somebody who looks after the relay beside other work."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any, get_args

from pydantic import BaseModel, SecretStr

from mailguard.config.places import Complaint, Place, spoken
from mailguard.config.settings import Section, Settings
from mailguard.config.suggestion import did_you_mean

VALUE_SHOWN = 60
"""Characters of a wrong value that are repeated; enough to find it."""

_WORDS = {
    "missing": "is missing and has no default",
    "string_type": "must be text; put it in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "is too large",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list: entries in [ ] with commas, or each on a line of its own beginning with '- '",
    "model_type": "must be a section: its settings follow on lines of their own, indented",
    "model_attributes_type": "must be a section: its settings follow on lines of their own, indented",
    "path_type": "must be the name of a file or folder",
    "too_short": "needs at least one entry",
}
_BOUNDS = {
    "greater_than_equal": ("must be at least", "ge"),
    "greater_than": ("must be more than", "gt"),
    "less_than_equal": ("must be at most", "le"),
    "less_than": ("must be less than", "lt"),
}


def complaint_of(error: Mapping[str, Any]) -> Complaint:
    """One of pydantic's errors as a complaint."""
    place = _place(error["loc"])
    kind = error["type"]
    if kind == "extra_forbidden":
        return Complaint(place, _unknown(place))
    if kind == "missing":
        return Complaint(place, _WORDS[kind])
    return Complaint(place, _sentence(kind, error) + _shown(place, error["input"]))


def _place(location: tuple[int | str, ...]) -> Place:
    """Pydantic's location without the names of union members it puts at the end."""
    return tuple(part for part in location if not (isinstance(part, str) and not part.isidentifier())
                 and part not in _UNION_MEMBERS)  # fmt: skip


_UNION_MEMBERS = {"IPv4Network", "IPv6Network", "ipv4network", "ipv6network"}


def _sentence(kind: str, error: Mapping[str, Any]) -> str:
    if error["input"] is None:
        return "is empty"
    context = error.get("ctx", {})
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f"{words} {context[key]:g}"
    if kind == "literal_error":
        # Pydantic: "'a', 'b' or 'c'".
        return f"must be {context['expected'].replace(chr(39), '')}{_nearest_choice(error)}"
    if kind.startswith("ip_v"):
        return "must be an address or a network such as 192.0.2.10 or 192.0.2.0/24" + _meant_network(error["input"])
    return _WORDS.get(kind, f"is wrong: {error['msg']}")


def _meant_network(value: Any) -> str:
    """The network around an address that was written with a mask, which is the usual slip."""
    try:
        return f"; did you mean '{ip_network(value, strict=False)}'?"
    except ValueError:
        return ""


def _nearest_choice(error: Mapping[str, Any]) -> str:
    choices = [word.strip("' ") for word in error["ctx"]["expected"].replace(" or ", ",").split(",")]
    return did_you_mean(str(error["input"]), choices)


def _shown(place: Place, value: Any) -> str:
    """The wrong value, unless it is empty, a whole section, or may be a secret."""
    if value is None or isinstance(value, dict | list) or is_secret(place):
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f" (it is '{text[:VALUE_SHOWN]}')"


def _unknown(place: Place) -> str:
    name = str(place[-1])
    section = section_at(place[:-1])
    if section is None:
        return "is unknown"
    near = did_you_mean(name, section.model_fields)
    if near:
        return f"is unknown{near}"
    elsewhere = [spoken((key,)) for key, model in _sections().items() if name in model.model_fields]
    if elsewhere:
        return f"is unknown here; it belongs below '{elsewhere[0]}:'"
    return f"is unknown; known here: {', '.join(section.model_fields)}"


def _sections() -> dict[str, type[BaseModel]]:
    found = {}
    for name in Settings.model_fields:
        section = section_at((name,))
        if section is not None:
            found[name] = section
    return found


def section_at(place: Place) -> type[BaseModel] | None:
    """The section that stands at a place; None where it is a single value or nothing."""
    section: type[BaseModel] = Settings
    for part in place:
        if isinstance(part, int):
            continue
        field = section.model_fields.get(part)
        inner = None if field is None else _section_in(field.annotation)
        if inner is None:
            return None
        section = inner
    return section


def is_secret(place: Place) -> bool:
    """Whether the setting at a place holds a secret."""
    section = section_at(place[:-1])
    field = None if section is None else section.model_fields.get(str(place[-1]))
    return field is not None and (SecretStr in (field.annotation, *get_args(field.annotation))
                                  or f"{place[-1]}_file" in (section or Settings).model_fields)  # fmt: skip


def _section_in(annotation: Any) -> type[Section] | None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    for inner in get_args(annotation):
        found = _section_in(inner)
        if found is not None:
            return found
    return None
