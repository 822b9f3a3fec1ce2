"""The desk's HTML: Japanese first, English beside it, readable on a phone of 360 px, without a script.

Every value is escaped here. Of mail to the outside nothing but addresses and subject is shown; what the four people
got is shown as their mail programs would.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from mailguard.demo.desk import Desk, Seat
from mailguard.demo.mailbox import Letter
from mailguard.demo.samples import DOMAIN, NUMBERS, OFFICE
from mailguard.demo.showing import clock_time, plain
from mailguard.demo.world import Arrival, Refusal
from mailguard.i18n import Language, both, text
from mailguard.incidents.answers import OFFERED

REFRESH_SECONDS = 3
MESSAGE_SECONDS = 8
"""How long the outcome of a click stays."""
SUBJECT_MAX = 120
ADDRESSES_MAX = 10
LETTERS_SHOWN = 8
"""Mails of a mailbox."""
HAPPENINGS_SHOWN = 30
"""What happened in the world."""
DONE = ("samples", "answered")
"""What a click can have led to: ``demo.done.*``."""

_LEFT = 'class="left"'


@dataclass(frozen=True, slots=True)
class Guise:
    """How the page is to look: ``done`` is one of ``DONE`` or empty; ``renews``: whether it loads itself again."""

    done: str = ""
    renews: bool = True


def page(desk: Desk, send_one: str, guise: Guise) -> str:
    """The whole page. ``send_one`` is a command that sends a mail."""
    pages = f'href="{escape(desk.pages)}/" target="_blank"'
    happenings = [_happened(one) for one in reversed(desk.happenings)][:HAPPENINGS_SHOWN]
    parts = [
        "<header>",
        f'<h1 lang="ja">{_ja("demo.page.title")}</h1>',
        _both("demo.page.intro", office=OFFICE, domain=DOMAIN),
        f'<p><a class="button" {pages}>{_both("demo.page.open", tag="span")}</a></p>',
        _renewal(guise),
        "</header>",
        f'<p class="done" role="status">{_both(f"demo.done.{guise.done}", tag="span")}</p>' if guise.done else "",
        "<main>",
        '<section aria-labelledby="seats">',
        _both("demo.seats.title", tag="h2", attribute='id="seats"'),
        _both("demo.seats.intro"),
        *(_seat(seat, renews=guise.renews) for seat in desk.seats),
        "</section>",
        '<section aria-labelledby="arrived">',
        _both("demo.arrived.title", tag="h2", attribute='id="arrived"', count=len(desk.happenings)),
        _both("demo.arrived.intro" if happenings else "demo.arrived.none"),
        "<ul>", *happenings, "</ul>",
        "</section>",
        *_try(send_one),
        "</main>",
    ]  # fmt: skip
    return _document("\n".join(part for part in parts if part), guise)


def refusal(key: str) -> str:
    """A page that only says why something was not done, and leads back."""
    said, back = _both(key, tag="span"), _both("demo.page.back", tag="span")
    body = f'<main><p class="done">{said}</p><p><a href="/">{back}</a></p></main>'
    return _document(body, Guise(renews=False))


def _document(body: str, guise: Guise) -> str:
    # A message goes away with the first renewal; a page that stands still stays as it is asked for.
    seconds, target = (MESSAGE_SECONDS, ";url=/") if guise.done else (REFRESH_SECONDS, "")
    renewal = f'<meta http-equiv="refresh" content="{seconds}{target}">' if guise.renews else ""
    return (
        '<!DOCTYPE html>\n<html lang="ja">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'{renewal}\n<title>{_ja("demo.page.title")}</title>\n<link rel="stylesheet" href="/style.css">\n'
        f"</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _renewal(guise: Guise) -> str:
    if guise.renews:
        said, target, word = _both("demo.page.renews", tag="span", seconds=REFRESH_SECONDS), "/?still", "demo.page.stop"
    else:
        said, target, word = _both("demo.page.stands_still", tag="span"), "/", "demo.page.go_on"
    return f'<p class="note">{said} <a href="{target}">{_both(word, tag="span")}</a></p>'


def _seat(seat: Seat, *, renews: bool) -> str:
    """Somebody's telephone and mailbox."""
    person = seat.person
    digits = ""
    if seat.digits:
        shown = f'<strong class="digits">{escape(seat.digits)}</strong>'
        digits = f'<p class="telephone">{_both("demo.seat.telephone", tag="span")} {shown}</p>'
    letters = [_letter(one, person.key, renews=renews) for one in seat.mailbox[:LETTERS_SHOWN]]
    mailbox = f'<ul class="letters">{"".join(letters)}</ul>' if letters else _both("demo.seat.empty")
    return (
        f'<article id="{escape(person.key)}" aria-labelledby="{escape(person.key)}-name">'
        f'<h3 id="{escape(person.key)}-name">{escape(person.name)} {_both(f"demo.seat.{person.key}", tag="span")}</h3>'
        f'<p><code class="address">{escape(person.address)}</code></p>'
        f"{_both(f'demo.seat.{person.key}.what')}{digits}"
        f"<h4>{_both('demo.seat.mailbox', tag='span', count=len(seat.mailbox))}</h4>{mailbox}</article>"
    )


def _letter(arrival: Arrival, owner: str, *, renews: bool) -> str:
    """A mail of a mailbox: its code and its links at once, its text when it is opened.

    A page that renews itself would close the text again, so it leads to the one that stands still.
    """
    letter = arrival.letter
    code = f'<p>{_both("demo.letter.code", tag="span")} <strong class="digits">{escape(letter.code)}</strong></p>'
    links = _links(letter)
    read = _both("demo.letter.read", tag="span")
    if renews:
        text = f'<p><a href="/?still#{escape(owner)}">{read}</a></p>'
    else:
        lines = escape("\n".join(map(plain, letter.lines)))
        text = f"<details><summary>{read}</summary><pre>{lines}</pre></details>"
    return (
        f'<li><p><time datetime="{arrival.at.isoformat()}">{clock_time(arrival.at)}</time> '
        f"<strong>{_subject(arrival.subject)}</strong></p>{code if letter.code else ''}{links}"
        f"{text}</li>"
    )


def _links(letter: Letter) -> str:
    return "".join(
        f'<p><a href="{escape(link)}" target="_blank">{_both("demo.letter.link", tag="span")}</a></p>'
        for link in letter.links
    )


def _happened(one: Arrival | Refusal) -> str:
    return _arrived(one) if isinstance(one, Arrival) else _refused(one)


def _arrived(arrival: Arrival) -> str:
    hidden = [address for address in arrival.recipients if not arrival.is_named(address)]
    sender = (
        _breakable(escape(plain(arrival.sender))) if arrival.sender else _both("demo.arrived.no_sender", tag="span")
    )
    return (
        f"<li><h3>{_subject(arrival.subject)}</h3>{_people(arrival.recipients, frozenset(hidden))}{_notice(arrival)}"
        f"{_links(arrival.letter)}{_answers(arrival)}"
        f'<p class="note"><time datetime="{arrival.at.isoformat()}">{clock_time(arrival.at)}</time> '
        f"{_both('demo.arrived.from', tag='span')} {sender}</p></li>"
    )


def _notice(arrival: Arrival) -> str:
    """How a protected mail left, and what its reader is told first; what the mail with a password says first."""
    notice = arrival.notice
    if notice is None:
        return ""
    said = _both("demo.arrived.protected", attribute=_LEFT, file=plain(notice.file_name)) if notice.is_protected else ""
    lines = (_quoted(notice.lines[language], language) for language in both("ja"))
    return f"{said}{_both('demo.arrived.begins')}<blockquote>{''.join(lines)}</blockquote>"


def _answers(arrival: Arrival) -> str:
    """Buttons with which whoever got a question of the office answers it by mail."""
    if not arrival.answers_at:
        return ""
    buttons = "".join(
        f'<button name="number" value="{number}">{number} {_both(f"draft.option.{one}", tag="span")}</button>'
        for number, one in zip(NUMBERS, OFFERED, strict=True)
    )
    letter = f'<input type="hidden" name="letter" value="{arrival.digest.hex()}">'
    return (
        f'{_both("demo.arrived.answer")}<form method="post" action="/answer" class="answers">{letter}{buttons}</form>'
    )


def _quoted(lines: tuple[str, ...], language: Language) -> str:
    return f'<p lang="{language}">' + "<br>".join(escape(plain(line)) for line in lines) + "</p>"


def _refused(refusal: Refusal) -> str:
    return (
        f"<li>{_both('demo.arrived.refused', attribute=_LEFT)}{_people((refusal.recipient,))}"
        f'<p class="note"><time datetime="{refusal.at.isoformat()}">{clock_time(refusal.at)}</time> '
        f"{escape(plain(refusal.reply))}</p></li>"
    )


def _try(send_one: str) -> list[str]:
    return [
        '<section aria-labelledby="try">',
        _both("demo.try.title", tag="h2", attribute='id="try"'),
        f'<form method="post" action="/samples"><button>{_both("demo.try.samples", tag="span")}</button></form>',
        _both("demo.try.command"),
        f"<pre><code>{escape(send_one)}</code></pre>",
        _both("demo.try.more"),
        "</section>",
    ]


def _people(addresses: tuple[str, ...], hidden: frozenset[str] = frozenset()) -> str:
    shown = [
        f"<li>{_breakable(escape(plain(address)))}"
        + (f' <span class="badge">{_both("demo.arrived.bcc", tag="span")}</span>' if address in hidden else "")
        + "</li>"
        for address in addresses[:ADDRESSES_MAX]
    ]
    if len(addresses) > ADDRESSES_MAX:
        shown.append(f"<li>{_both('demo.people.more', tag='span', count=len(addresses) - ADDRESSES_MAX)}</li>")
    return f'<div class="people">{_both("demo.people.to", tag="span")}<ul>{"".join(shown)}</ul></div>'


def _breakable(address: str) -> str:
    """An escaped address that a narrow screen breaks after the @, and nowhere in a word."""
    return f'<span class="address">{address.replace("@", "@<wbr>")}</span>'


def _subject(subject: str | None) -> str:
    shown = plain(subject or "")
    if not shown.strip():
        return _ja("dsn.mail.no_subject")
    return escape(shown if len(shown) <= SUBJECT_MAX else shown[:SUBJECT_MAX] + "…")


def _ja(key: str) -> str:
    return escape(text("ja", key))


def _both(key: str, *, tag: str = "p", attribute: str = "", **values: object) -> str:
    """A text in both languages, Japanese first. ``attribute`` is HTML."""
    ja, en = (escape(text(language, key, **values)) for language in ("ja", "en"))
    opening = f"{tag} {attribute}".strip()
    return f'<{opening}><span lang="ja">{ja}</span> <span lang="en">{en}</span></{tag}>'
