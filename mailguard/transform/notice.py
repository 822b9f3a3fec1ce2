"""The notice in the mail that leaves: what somebody needs who gets a parcel and never saw one.

Guarantees: of the mail it shows its sender and the parcel's outer name, nothing else; the page says the same words as
the text, in both languages, the office's own first. What opens what is said only as far as it was tried; where it
depends on the version or the app, the sentence says "may" and names a program that does.
"""

from __future__ import annotations

import html
import re
import textwrap
from dataclasses import dataclass
from datetime import datetime

from mailguard.i18n import Language, both, text
from mailguard.mime.own_mail import one_line, pages
from mailguard.model.protection import Channel, Mode
from mailguard.transform.plain import as_html

_WORDS_MAX = 200
_ENGLISH_WIDTH = 76
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")
_BLOCK = (
    "max-width:640px;margin:0 0 24px 0;color:#1a1a1c;background-color:#ffffff;font-size:15px;line-height:1.7;"
    "font-family:'Hiragino Sans','Yu Gothic UI',Meiryo,sans-serif;word-break:normal;overflow-wrap:anywhere"
)
_STEPS = {
    Mode.ZIP: ("zip.open", ("zip.windows", "zip.mac", "zip.phone")),
    Mode.PDF: ("pdf.open", ()),
    Mode.OFFICE: ("office.open", ("office.computer", "office.phone")),
}


@dataclass(frozen=True, slots=True)
class Cover:
    """What a notice has to say. ``parcels``: outer names of the protected files. ``contact``: whom to call; empty: the
    sender. ``holds_text``: the mail's own text is inside; ``files``: how many files besides. ``window_minutes``: after
    which the password leaves; below 1: soon. ``has_clear_text``: the notice stands below the sender's own words.
    ``inner_archive``: the name of an archive within the parcel that holds everything, where there is one.
    """

    language: Language
    office: str
    sender_name: str
    sender_address: str
    contact: str
    parcels: tuple[str, ...]
    mode: Mode
    holds_text: bool
    files: int
    channel: Channel
    window_minutes: int
    has_clear_text: bool
    inner_archive: str = ""


@dataclass(frozen=True, slots=True)
class _Notice:
    """The words in one language. ``steps``: each with the lines below it."""

    language: Language
    intro: str
    facts: tuple[str, ...]
    heading: str
    steps: tuple[tuple[str, tuple[str, ...]], ...]
    closing: tuple[str, ...]


def cover_text(cover: Cover) -> str:
    """The notice as plain text with ``\\n`` for line ends, one at its end."""
    return pages(_as_text(_notice(cover, language)) for language in both(cover.language))


def cover_html(cover: Cover) -> str:
    """The notice as HTML for inside of a body, its style in its elements: the rest is what mail programs throw away."""
    return "\n".join(_as_html(_notice(cover, language)) for language in both(cover.language))


def neutral_subject(language: Language) -> str:
    """A subject that tells nothing, in both languages."""
    return " / ".join(text(one, "cover.subject") for one in both(language))


def neutral_file_name(ending: str, language: Language, at: datetime) -> str:
    """A name that tells nothing but the day of ``at``. ``ending``: with its dot; else it is dropped."""
    name = text(language, "cover.file_name", date=f"{at:%Y%m%d}")
    return name + ending.lower() if _ENDING.fullmatch(ending) else name


# -- the words


def _notice(cover: Cover, language: Language) -> _Notice:
    def say(key: str, **values: object) -> str:
        return text(language, f"cover.{key}", **values)

    sender = _sender(cover)
    office = one_line(cover.office, _WORDS_MAX)
    contact = one_line(cover.contact, _WORDS_MAX) or say("help.sender", sender=sender)
    facts = [] if cover.has_clear_text else [say("sender", sender=f"{office} {sender}".strip())]
    facts += [_parcels(cover, language), _password(cover, language)]
    return _Notice(
        language,
        say("intro_appendix" if cover.has_clear_text else "intro"),
        tuple(facts),
        say("opening"),
        _steps(cover, language),
        (say("help", contact=contact), say("astray")),
    )


def _sender(cover: Cover) -> str:
    name, address = one_line(cover.sender_name, _WORDS_MAX), one_line(cover.sender_address, _WORDS_MAX)
    return f"{name} <{address}>" if name and address else name or address


def _parcels(cover: Cover, language: Language) -> str:
    """The parcel's name, and in neutral words what it holds."""
    named = [text(language, "cover.named", name=one_line(name, _WORDS_MAX)) for name in cover.parcels]
    names = ("" if language == "ja" else ", ").join(named)
    contents = [text(language, "cover.contents.text")] if cover.holds_text else []
    if cover.files:
        key = "cover.contents.file" if cover.files == 1 else "cover.contents.files"
        contents.append(text(language, key, count=cover.files))
    if cover.mode is not Mode.ZIP or not contents:
        return text(language, "cover.parcel", names=names)
    return text(language, "cover.parcel_holding", names=names, contents=text(language, "cover.and").join(contents))


def _password(cover: Cover, language: Language) -> str:
    key = f"cover.password.{cover.channel}"
    if cover.channel in (Channel.SEPARATE_MAIL, Channel.SMS) and cover.window_minutes < 1:
        key += ".soon"
    return text(language, key, minutes=cover.window_minutes)


def _steps(cover: Cover, language: Language) -> tuple[tuple[str, tuple[str, ...]], ...]:
    opening, programs = _STEPS[cover.mode]
    typing = "typing.agreed" if cover.channel is Channel.AGREED else "typing"
    steps = [
        (text(language, f"cover.{opening}"), tuple(text(language, f"cover.{one}") for one in programs)),
        (text(language, f"cover.{typing}"), ()),
    ]
    if cover.inner_archive:
        steps.append((text(language, "cover.inner", name=one_line(cover.inner_archive, _WORDS_MAX)), ()))
    if cover.holds_text:
        # The file is called as the office's language has it.
        page = text(cover.language, "letter.name") + ".html"
        steps.append((text(language, "cover.read_text", name=page), ()))
    return tuple(steps)


# -- how they look


def _as_text(notice: _Notice) -> str:
    mark = "\u25a0 " if notice.language == "ja" else ""
    lines = [*_wrapped(notice, notice.intro), ""]
    for fact in notice.facts:
        lines += _wrapped(notice, fact)
    lines += ["", f"{mark}{notice.heading}"]
    for number, (step, below) in enumerate(notice.steps, 1):
        lines += _wrapped(notice, step, f"{number}. ")
        for line in below:
            lines += _wrapped(notice, line, "   - ")
    lines.append("")
    for line in notice.closing:
        lines += _wrapped(notice, line)
    return "\n".join(lines)


def _wrapped(notice: _Notice, line: str, begin: str = "") -> list[str]:
    """English in lines of usual width; Japanese is broken anywhere by whoever shows it."""
    if notice.language == "ja":
        return [begin + line]
    return textwrap.wrap(
        line,
        _ENGLISH_WIDTH,
        initial_indent=begin,
        subsequent_indent=" " * len(begin),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _as_html(notice: _Notice) -> str:
    paragraph = '<p style="margin:0 0 12px 0">'
    facts = "<br>\n".join(as_html(fact) for fact in notice.facts)
    closing = "<br>\n".join(as_html(line) for line in notice.closing)
    steps = "\n".join(_step_as_html(step, below) for step, below in notice.steps)
    return (
        f'<div lang="{notice.language}" style="{_BLOCK}">\n'
        f"{paragraph}<b>{as_html(notice.intro)}</b></p>\n"
        f"{paragraph}{facts}</p>\n"
        f'<p style="margin:0 0 4px 0"><b>{html.escape(notice.heading)}</b></p>\n'
        f'<ol style="margin:0 0 12px 0;padding:0 0 0 28px">\n{steps}\n</ol>\n'
        f"{paragraph}{closing}</p>\n</div>"
    )


def _step_as_html(step: str, below: tuple[str, ...]) -> str:
    if not below:
        return f'<li style="margin:0 0 4px 0">{as_html(step)}</li>'
    lines = "".join(f"<li>{as_html(line)}</li>" for line in below)
    return f'<li style="margin:0 0 4px 0">{as_html(step)}\n<ul style="margin:0;padding:0 0 0 20px">{lines}</ul></li>'
