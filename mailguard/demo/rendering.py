"""The page's HTML: Japanese first, English beside it, readable on a phone of 360 px, without a script.

Every value is escaped here, and nothing else of a mail than addresses, subject and the server's reply is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape

from mailguard.demo.samples import DOMAIN, OFFICE
from mailguard.demo.showing import clock_time, plain
from mailguard.demo.view import HeldMail, NotSent, Overview
from mailguard.demo.world import Arrival
from mailguard.i18n import text
from mailguard.model.queue import State

REFRESH_SECONDS = 3
MESSAGE_SECONDS = 8
"""How long the outcome of a click stays."""
SUBJECT_MAX = 120
ADDRESSES_MAX = 10
DONE = ("cancelled", "released", "late", "samples")
"""What a click can have led to: ``demo.done.*``."""


_LEFT = 'class="left"'


@dataclass(frozen=True, slots=True)
class Guise:
    """How the page is to look: ``done`` is one of ``DONE`` or empty; ``renews``: whether it loads itself again."""

    done: str = ""
    renews: bool = True


def page(overview: Overview, send_one: str, guise: Guise) -> str:
    """The whole page. ``send_one`` is a command that sends a mail."""
    parts = [
        "<header>",
        f'<h1 lang="ja">{_ja("demo.page.title")}</h1>',
        _both("demo.page.intro", office=OFFICE, domain=DOMAIN),
        _renewal(guise),
        "</header>",
        f'<p class="done" role="status">{_both(f"demo.done.{guise.done}", tag="span")}</p>' if guise.done else "",
        "<main>",
        *_section("held", len(overview.held), [_held(mail, overview.now) for mail in overview.held]),
        *_section("arrived", len(overview.arrived), [_arrived(arrival) for arrival in overview.arrived]),
        *_section("not_sent", len(overview.not_sent), [_not_sent(entry) for entry in overview.not_sent]),
        *_try(send_one),
        "</main>",
    ]
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


def _section(name: str, count: int, entries: list[str]) -> list[str]:
    heading = _both(f"demo.{name}.title", tag="h2", attribute=f'id="{name}"', count=count)
    if not entries:
        return [f'<section aria-labelledby="{name}">', heading, _both(f"demo.{name}.none"), "</section>"]
    intro = _both(f"demo.{name}.intro")
    return [f'<section aria-labelledby="{name}">', heading, intro, "<ul>", *entries, "</ul>", "</section>"]


def _held(mail: HeldMail, now: datetime) -> str:
    buttons = "".join(
        f'<form method="post" action="/mails/{escape(mail.queue_id)}/{act}">'
        f'<button class="{act}" aria-label="{_ja(f"demo.button.{act}")}: {_subject(mail.subject)}">'
        f"{_both(f'demo.button.{act}', tag='span')}</button></form>"
        for act in ("cancel", "individual" if mail.shows_others else "release")
    )
    reasons = "".join(
        f'<li><span lang="ja">{escape(texts["ja"])}</span> <span lang="en">{escape(texts["en"])}</span></li>'
        for texts in mail.reasons
    )
    why = f'<ul class="reasons">{reasons}</ul>' if reasons else ""
    others = _both("demo.held.others", count=mail.others) if mail.others else ""
    return (
        f'<li class="held"><h3>{_subject(mail.subject)}</h3>{_people(mail.recipients)}'
        f'{why}{_countdown(mail, now)}{others}<div class="buttons">{buttons}</div></li>'
    )


def _countdown(mail: HeldMail, now: datetime) -> str:
    until = mail.until
    if until is None:
        return _both("demo.held.no_timer", attribute=_LEFT)
    if not mail.is_sent_then:
        return _both("demo.held.not_sent_then", attribute=_LEFT, day=f"{until.astimezone():%Y-%m-%d %H:%M}")
    seconds = round((until - now).total_seconds())
    if seconds <= 0:
        return _both("demo.held.about_to_go", attribute=_LEFT)
    minutes, rest = divmod(seconds, 60)
    kind = "demo.held.minutes_left" if minutes else "demo.held.seconds_left"
    return _both(kind, attribute=_LEFT, minutes=minutes, seconds=rest, clock=clock_time(until))


def _arrived(arrival: Arrival) -> str:
    hidden = [address for address in arrival.recipients if not arrival.is_named(address)]
    sender = (
        _breakable(escape(plain(arrival.sender))) if arrival.sender else _both("demo.arrived.no_sender", tag="span")
    )
    return (
        f"<li><h3>{_subject(arrival.subject)}</h3>{_people(arrival.recipients, frozenset(hidden))}"
        f'<p class="note"><time datetime="{arrival.at.isoformat()}">{clock_time(arrival.at)}</time> '
        f"{_both('demo.arrived.from', tag='span')} {sender}</p></li>"
    )


def _not_sent(entry: NotSent) -> str:
    if entry.state is State.DEFERRED and entry.next_try is not None:
        said = _both("demo.not_sent.deferred", clock=clock_time(entry.next_try), attribute=_LEFT)
    else:
        said = _both(f"demo.not_sent.{entry.state.value}", attribute=_LEFT)
    reply = ""
    if entry.reply:
        reply = f" {_both('demo.not_sent.reply', tag='span')} {escape(plain(entry.reply))}"
    return (
        f"<li><h3>{_subject(entry.subject)}</h3>{_people(entry.recipients)}{said}"
        f'<p class="note"><time datetime="{entry.at.isoformat()}">{clock_time(entry.at)}</time>{reply}</p></li>'
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
