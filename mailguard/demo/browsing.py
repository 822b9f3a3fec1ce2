"""A browser without a screen: opens pages, fills in their forms and presses their buttons, as people do.

It knows what plain HTML says, cookies and redirects, and nothing of mailguard: a button that is not on the page cannot
be pressed. Scripts are not run, which the pages promise to do without.
"""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

_SECONDS = 30.0
_REDIRECTS_MAX = 5


class NoSuchButton(Exception):
    """The page has no form that is sent there, or the answer was no page."""


@dataclass(slots=True)
class _Form:
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Browser:
    """One person's. ``origin``: such as ``http://127.0.0.1:8025``; pages elsewhere are not opened. Blocks."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._cookies: dict[str, str] = {}
        self._forms = _Forms()
        self.path = ""
        self.page = ""

    def open(self, path: str) -> str:
        """The page there, after its redirects. Raises ``NoSuchButton`` where the answer is none."""
        return self._ask("GET", path, "")

    def press(self, target: str, **fields: str) -> str:
        """Fills in ``fields`` and presses the button that sends its form to ``target``; the page after that.

        Of several such forms, the first whose own fields are not other than those given.
        """
        for form, action in self._forms.buttons():
            said = dict(form.fields)
            if action == target and all(said.get(name, value) == value for name, value in fields.items()):
                kept = [(name, value) for name, value in form.fields if name not in fields]
                return self._ask("POST", target, urlencode([*kept, *fields.items()]))
        raise NoSuchButton(f"{target} on {self.path}")

    def _ask(self, method: str, path: str, body: str) -> str:
        for _ in range(_REDIRECTS_MAX):
            status, location, text = self._answer(method, path, body)
            if status not in {302, 303}:
                break
            # A redirect of a form is followed by looking (RFC 9110 §15.4.4).
            method, path, body = "GET", urljoin(path, location), ""
        if status != http.client.OK:
            raise NoSuchButton(f"{method} {path}: {status}")
        self.path, self.page, self._forms = path, text, _Forms()
        self._forms.feed(text)
        return text

    def _answer(self, method: str, path: str, body: str) -> tuple[int, str, str]:
        parts = urlsplit(self._origin)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
        headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "ja"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body.encode(), headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, one in SimpleCookie(line).items():
                self._cookies[name] = one.value
        return answer.status, answer.headers.get("Location", ""), text


class _Forms(HTMLParser):
    """The forms of a page with what they hold already; buttons and fields may stand outside of theirs."""

    def __init__(self) -> None:
        super().__init__()
        self._named: dict[str, _Form] = {}
        self._forms: list[_Form] = []
        self._inside: _Form | None = None
        self._fields: list[tuple[str, _Form | None, tuple[str, str]]] = []
        self._actions: list[tuple[str, _Form | None, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of forms, hidden fields and buttons."""
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = _Form(said.get("action", ""))
            self._forms.append(self._inside)
            self._named[said.get("id", "")] = self._inside
        elif tag == "input" and said.get("type") == "hidden":
            self._fields.append((said.get("form", ""), self._inside, (said.get("name", ""), said.get("value", ""))))
        elif tag == "button" and "disabled" not in said:
            self._actions.append((said.get("form", ""), self._inside, said.get("formaction", "")))

    def handle_endtag(self, tag: str) -> None:
        """A form ends."""
        if tag == "form":
            self._inside = None

    def buttons(self) -> list[tuple[_Form, str]]:
        """Every button with its form, and where it sends that."""
        filled = {id(form): _Form(form.action) for form in self._forms}
        for name, inside, pair in self._fields:
            form = self._named.get(name) if name else inside
            if form is not None:
                filled[id(form)].fields.append(pair)
        found = []
        for name, inside, action in self._actions:
            form = self._named.get(name) if name else inside
            if form is not None:
                found.append((filled[id(form)], action or form.action))
        return found
