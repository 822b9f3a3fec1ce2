"""Style sheets and style attributes of a mail, reduced to what sets letters, colours and measures.

Guarantees: what is returned names no address, loads nothing, reaches nothing outside of its scope and cannot end the
element or attribute it is put into; never raises; cost linear in the text. Only known properties and values of known
shape are kept (CSS 2.2 and colours of CSS Color 4), so that something new is dropped, not let through.

Known limits: rules for some screens only (``@media``) are dropped; the page looks as on a wide one.
"""

from __future__ import annotations

import re

_PROPERTIES = frozenset(
    {
        "background", "background-color", "border", "border-bottom", "border-bottom-color", "border-bottom-style",
        "border-bottom-width", "border-collapse", "border-color", "border-left", "border-left-color",
        "border-left-style", "border-left-width", "border-radius", "border-right", "border-right-color",
        "border-right-style", "border-right-width", "border-spacing", "border-style", "border-top", "border-top-color",
        "border-top-style", "border-top-width", "border-width", "box-sizing", "caption-side", "clear", "color",
        "direction", "display", "empty-cells", "float", "font", "font-family", "font-size", "font-style",
        "font-variant", "font-weight", "height", "letter-spacing", "line-break", "line-height", "list-style",
        "list-style-position", "list-style-type", "margin", "margin-bottom", "margin-left", "margin-right",
        "margin-top", "max-height", "max-width", "min-height", "min-width", "overflow", "overflow-wrap", "padding",
        "padding-bottom", "padding-left", "padding-right", "padding-top", "table-layout", "text-align",
        "text-decoration", "text-decoration-color", "text-decoration-line", "text-decoration-style", "text-indent",
        "text-transform", "unicode-bidi", "vertical-align", "visibility", "white-space", "width", "word-break",
        "word-spacing", "word-wrap",
    }
)  # fmt: skip
"""No position, no z-index, no transform: nothing of a mail can be laid over what stands outside of it."""

_VALUE = re.compile(r"""[\w\s#%.,()+\-/!"'&]{1,300}""")
_FUNCTION = re.compile(r"([\w-]*)\s*\(")
_FUNCTIONS = frozenset({"rgb", "rgba", "hsl", "hsla"})
_SELECTOR = re.compile(r"[\w.#*>+~\s:-]{1,200}")
_PSEUDO = re.compile(r":(?!(?:link|visited|hover|first-child|last-child)\b)")
_WHOLE = re.compile(r"(?:html\s+)?(?:html|body)(?![\w-])", re.IGNORECASE)
_SIBLING = re.compile(r"\s*[+~]")
_BRACE = re.compile(r"[{}]")
_DECLARATIONS_MAX = 200
_RULES_MAX = 5000
_SELECTORS_MAX = 100


def clean_declarations(text: str) -> str:
    """What may stay of the declarations of a style attribute or rule, on one line; "" for nothing."""
    kept = []
    for declaration in _uncommented(text).split(";")[:_DECLARATIONS_MAX]:
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), " ".join(value.split())
        if name in _PROPERTIES and _is_harmless(value):
            kept.append(f"{name}: {value}")
    return "; ".join(kept)


def clean_sheet(text: str, scope: str) -> str:
    """The rules of a style sheet that may stay, each for elements below ``scope`` alone, a line for each."""
    # Mail programs hide sheets from old browsers in the marks of a remark.
    sheet = _uncommented(text.replace("<!--", " ").replace("-->", " "))
    rules: list[str] = []
    position = 0
    while len(rules) < _RULES_MAX:
        begin = sheet.find("{", position)
        if begin < 0:
            break
        prelude = sheet[position:begin]
        # A statement without a block ("@import ...;") ends before the rule that follows.
        prelude = prelude[prelude.rfind(";") + 1 :].strip()
        if prelude.startswith("@"):
            position = _end_of_block(sheet, begin)
            continue
        end = sheet.find("}", begin)
        end = len(sheet) if end < 0 else end
        declared = clean_declarations(sheet[begin + 1 : end])
        selectors = [_scoped(one.strip(), scope) for one in prelude.split(",")[:_SELECTORS_MAX]]
        wanted = ", ".join(one for one in selectors if one)
        if declared and wanted:
            rules.append(f"{wanted} {{ {declared} }}")
        position = end + 1
    return "\n".join(rules)


def _scoped(selector: str, scope: str) -> str:
    """A selector below the scope; "" where it is none that we know. The page's body is the scope itself."""
    if not selector or not _SELECTOR.fullmatch(selector) or _PSEUDO.search(selector):
        return ""
    whole = _WHOLE.match(selector)
    if _SIBLING.match(selector, whole.end() if whole else 0):
        return ""  # It would reach what stands beside the scope.
    return scope + selector[whole.end() :] if whole else f"{scope} {selector}"


def _is_harmless(value: str) -> bool:
    if not _VALUE.fullmatch(value) or value.count('"') % 2 or value.count("'") % 2:
        return False
    if value.count("(") != value.count(")"):
        return False
    return all(name.lower() in _FUNCTIONS for name in _FUNCTION.findall(value))


def _uncommented(text: str) -> str:
    kept: list[str] = []
    position = 0
    while (start := text.find("/*", position)) >= 0:
        kept.append(text[position:start])
        end = text.find("*/", start + 2)
        if end < 0:
            return "".join(kept)
        position = end + 2
    kept.append(text[position:])
    return " ".join(kept)


def _end_of_block(sheet: str, begin: int) -> int:
    depth = 0
    for brace in _BRACE.finditer(sheet, begin):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.end()
    return len(sheet)
