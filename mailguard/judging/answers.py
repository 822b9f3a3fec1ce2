"""Values of ``model`` as octets, for an answer that comes from a process which hostile mail may have taken over.

JSON, because reading it runs nothing: pickle sets attributes of whatever it can name, an enumeration of the relay's own
among them, however few names it is allowed. What is read back are new values, made by their classes' own constructors.
Everything but plain words and numbers is an array that begins with the name of what it is.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from mailguard.model import contents, extract, finding

_PLAIN = frozenset({str, int, float, bool, type(None)})
_CLASSES: dict[str, type] = {
    name: value
    for module in (contents, extract, finding)
    for name, value in vars(module).items()
    if isinstance(value, type)
    and value.__module__ == module.__name__
    and (is_dataclass(value) or issubclass(value, Enum))
}
"""All that an answer may be made of, beside what is built in."""

_FIELDS = {name: tuple(one.name for one in fields(which)) for name, which in _CLASSES.items() if is_dataclass(which)}


def written(value: object) -> bytes:
    """For ``values_in``. Raises ``KeyError`` for a value that is none of ``model``."""
    return json.dumps(_lowered(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def values_in(octets: bytes) -> Any:
    """The value that was written. Raises ``ValueError`` for anything else."""
    try:
        return _raised(json.loads(octets.decode("utf-8", "surrogatepass")))
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, AttributeError):
        raise ValueError("an answer of other values") from None


def _lowered(value: Any) -> Any:
    which = type(value)
    if which in _PLAIN:
        return value
    if which is tuple or which is frozenset:
        return [which.__name__, *map(_lowered, value)]
    if which is bytes:
        return ["bytes", value.hex()]
    if which is dict:
        return ["dict", *([_lowered(key), _lowered(one)] for key, one in value.items())]
    name = which.__name__
    if _CLASSES[name] is not which:
        raise KeyError(name)
    if isinstance(value, Enum):
        return [name, value.value]
    return [name, *[_lowered(getattr(value, field)) for field in _FIELDS[name]]]


def _raised(value: Any) -> Any:
    if type(value) is not list:
        if type(value) not in _PLAIN:
            raise ValueError
        return value
    name = value[0]
    if name == "tuple":
        return tuple(map(_raised, value[1:]))
    if name == "frozenset":
        return frozenset(map(_raised, value[1:]))
    if name == "bytes":
        return bytes.fromhex(value[1])
    if name == "dict":
        return {_raised(key): _raised(one) for key, one in value[1:]}
    return _CLASSES[name](*map(_raised, value[1:]))
