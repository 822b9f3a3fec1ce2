"""How an element of a page looks, as far as that decides whether anybody sees its text (CSS 2.2, and mso-hide)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_REMARK = re.compile(r"/\*[^*]{0,5000}\*/")
_SELECTOR = re.compile(r"([\w-]*)([.#][\w-]+)?(?::[\w-]+)?\s*$")
_DECLARATION = re.compile(r"([\w-]{1,60})\s*:\s*([^;]{1,300})")
_ZERO = re.compile(r"0+(?:\.0+)?(?:px|pt|em|rem|%|ex)?\s*(?:!important)?$")
_TINY = re.compile(r"(?:0+(?:\.0+)?(?:px|pt|em|rem|%)?|1px)\s*(?:!important)?$")
_WHITE = re.compile(
    r"(?:#fff(?:fff)?|white|rgba?\(\s*255\s*,\s*255\s*,\s*255(?:\s*,\s*[\d.]+)?\s*\))\s*(?:!important)?$"
)
_TELLING = ("none", "hidden", "hide", "background", "color", "font-size", "opacity", "override")
_NO_GROUND = re.compile(r"(?:transparent|none|inherit|initial|unset|white|#fff(?:fff)?|0)\s*(?:!important)?$")
RULES_MAX = 2000


@dataclass(frozen=True, slots=True)
class Look:
    """``has_ground``: something other than white lies behind. ``is_reversed``: its letters run from right to left."""

    is_hidden: bool = False
    is_white: bool = False
    has_ground: bool = False
    is_reversed: bool = False


class Styles:
    """The rules of a page's style sheets that hide something or put a colour behind it."""

    def __init__(self) -> None:
        self._rules: dict[str, dict[str, str]] = {}

    def learn(self, sheet: str) -> None:
        """One more style sheet. Rules for print or small screens count like others: on some screen they hide."""
        lowered = _REMARK.sub("", sheet.replace("<!--", "").replace("-->", "")).lower()
        if not any(word in lowered for word in _TELLING):
            return
        for rule in lowered.split("}"):
            if len(self._rules) >= RULES_MAX:
                return
            selectors, _, inner = rule.rpartition("{")
            declared = _declarations(inner)
            if not declared:
                continue
            # What stands before an earlier brace is a condition ("@media ...").
            for selector in selectors.rpartition("{")[2].split(",")[:100]:
                found = _SELECTOR.search(selector.strip()[-200:]) if selector.strip() else None
                if found is not None and (found[2] or found[1]):
                    self._rules.setdefault(found[2] or found[1], {}).update(declared)

    def look(self, name: str, attributes: dict[str, str], parent: Look) -> Look:
        """How an element looks inside of its parent."""
        if name == "template":
            return replace(parent, is_hidden=True)
        declared: dict[str, str] = {}
        if self._rules:
            declared.update(self._rules.get(name, {}))
            for one in attributes.get("class", "").lower().split()[:20]:
                declared.update(self._rules.get("." + one, {}))
            declared.update(self._rules.get("#" + attributes.get("id", "").lower(), {}))
        if not attributes and not declared:
            return parent
        if "style" in attributes:
            declared.update(_declarations(attributes["style"].lower()))
        if "bgcolor" in attributes:
            declared.setdefault("background-color", attributes["bgcolor"].lower())
        if "background" in attributes:
            declared.setdefault("background-image", attributes["background"])
        if "dir" in attributes:
            declared.setdefault("direction", attributes["dir"].lower())
        if name == "bdo":
            declared.setdefault("unicode-bidi", "bidi-override")
        if name == "font" and "color" in attributes:
            declared.setdefault("color", attributes["color"].lower())
        return _look(declared, parent, is_hidden="hidden" in attributes)


def _declarations(text: str) -> dict[str, str]:
    return {
        found[1]: found[2].strip()
        for found in _DECLARATION.finditer(text[:8000])
        if found[1] in _WATCHED
    }  # fmt: skip


_WATCHED = frozenset(
    {
        "display", "visibility", "font-size", "mso-hide", "opacity", "max-height", "height", "width", "overflow",
        "color", "background", "background-color", "background-image", "text-indent", "font",
        "unicode-bidi", "direction",
    }
)  # fmt: skip


def _look(declared: dict[str, str], parent: Look, *, is_hidden: bool) -> Look:
    value = declared.get
    has_ground = parent.has_ground or any(
        name in declared and not _NO_GROUND.match(declared[name])
        for name in ("background", "background-color", "background-image")
    )
    color = value("color")
    is_white = parent.is_white if color is None else bool(_WHITE.match(color))
    visibility = value("visibility", "")
    is_small = bool(_ZERO.match(value("max-height", "1")) or _ZERO.match(value("height", "1")))
    hides = (
        is_hidden
        or value("display", "").startswith("none")
        or visibility.startswith(("hidden", "collapse"))
        or value("mso-hide", "").startswith("all")
        or ("font-size" in declared and bool(_TINY.match(declared["font-size"])))
        or ("opacity" in declared and bool(_ZERO.match(declared["opacity"])))
        or (is_small and value("overflow", "").startswith("hidden"))
        or value("text-indent", "").startswith("-999")
        or (is_white and not has_ground)
    )
    is_reversed = parent.is_reversed
    if "direction" in declared or "unicode-bidi" in declared:
        # CSS Writing Modes 3 §2.2: either word alone changes nothing within a line of Japanese.
        is_reversed = "override" in value("unicode-bidi", "") and value("direction", "").startswith("rtl")
    return Look(parent.is_hidden or hides, is_white, has_ground, is_reversed)
