"""A replay as text, JSON values, CSV, and one HTML page with drawings in it: no script, nothing from outside."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from mailguard.i18n import Language, text
from mailguard.judging.replay import Replay

ROWS_SHOWN = 200
"""Rows of a table on the page; the CSV has all."""

_BAR_HEIGHT, _GAP, _LABEL, _WIDTH = 22, 6, 190, 620
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_STYLE = """
body{font-family:'Noto Sans JP','Hiragino Sans','Yu Gothic UI',Meiryo,sans-serif;line-height:1.7;margin:0 auto;
max-width:60rem;padding:1rem;color:#1a1a1c;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.5rem}
table{border-collapse:collapse;margin:.5rem 0}
th,td{border-bottom:1px solid #ccc;padding:.3rem .7rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
td.n,th.n{text-align:right;white-space:nowrap}
svg{max-width:100%;height:auto}
.over{color:#a50000;font-weight:bold}
.figures{display:flex;flex-wrap:wrap;gap:1rem;padding:0}
.figures li{list-style:none;border:1px solid #ccc;border-radius:8px;padding:.5rem 1rem}
.figures b{display:block;font-size:1.5rem}
.wide{overflow-x:auto}
@media(prefers-color-scheme:dark){body{background:#1a1a1c;color:#eee}.over{color:#ff9a9a}svg text{fill:#eee}}
@media print{body{max-width:none}}
"""


def summary(replay: Replay) -> dict[str, Any]:
    """Everything as JSON values."""
    return {
        "sets": replay.sets,
        "mails": len(replay.mails),
        "skipped": replay.skipped,
        "stops": len(replay.stops),
        "stops_per_person_and_week": round(replay.stops_per_person_and_week(), 3),
        "weeks": {
            week.isoformat(): {"mails": mails, "pauses": pauses, "stops": stops}
            for week, (mails, pauses, stops) in replay.by_week().items()
        },
        "persons": [
            {"person": person, "week": week.isoformat(), "stops": stops}
            for (person, week), stops in sorted(replay.by_person_and_week().items(), key=lambda one: -one[1])
        ],
        "rules": {rule: {"mails": mails, "stops": stops} for rule, (mails, stops) in replay.by_rule().items()},
        "differing": [
            {"mail": mail.name, "first": mail.difference[0], "second": mail.difference[1]} for mail in replay.differing
        ],
        "addresses_learned": max(0, len(replay.learned) - 1),
        "budget": replay.budget,
        "over_budget": [
            {"person": person, "week": week.isoformat(), "stops": stops} for person, week, stops in replay.over_budget()
        ],
    }


def as_text(replay: Replay) -> str:
    """The figures for a terminal."""
    weeks = replay.by_week()
    lines = [
        f"{' against '.join(replay.sets)}",
        f"{len(replay.mails)} mails of {len({mail.person for mail in replay.mails})} people in {len(weeks)} weeks"
        + (f", {replay.skipped} left out (not sent by the office)" if replay.skipped else ""),
        f"{len(replay.stops)} stops, {replay.stops_per_person_and_week():.2f} per person and week",
        "",
        *_columns([("rule", "mails", "stops"), *[(rule, *map(str, both)) for rule, both in replay.by_rule().items()]]),
        "",
        *_columns(
            [("week of", "mails", "pauses", "stops"), *[(str(week), *map(str, row)) for week, row in weeks.items()]]
        ),
    ]
    people = sorted(replay.by_person_and_week().items(), key=lambda one: (-one[1], one[0]))[:20]
    if people:
        rows = [(person, str(week), str(stops)) for (person, week), stops in people]
        lines += ["", *_columns([("person", "week of", "stops"), *rows])]
    if replay.differing:
        rows = [(mail.name, *mail.difference) for mail in replay.differing[:50]]
        lines += [
            "",
            f"{len(replay.differing)} mails are decided differently",
            *_columns([("mail", "first", "second"), *rows]),
        ]
    return "\n".join(lines)


def csv_lines(replay: Replay) -> Iterator[str]:
    """A line for each mail; what a spreadsheet would take for a formula is quoted."""
    yield _csv(("mail", "at", "person", "outsiders", "visible_outsiders", "action", "needs", "stop", "rules", "other"))
    for mail in replay.mails:
        yield _csv(
            (
                mail.name, mail.at.isoformat(), mail.person, str(mail.outsiders), str(mail.visible_outsiders),
                mail.outcome.action.value, mail.outcome.needs.value if mail.outcome.action.value == "hold" else "",
                "1" if mail.outcome.is_stop else "0", " ".join(mail.outcome.rules),
                mail.other.word if mail.other else "",
            )
        )  # fmt: skip


def html_page(replay: Replay, language: Language = "ja") -> str:
    """One page that stands alone."""

    def say(key: str, **figures: object) -> str:
        return escape(text(language, f"replay.{key}", **figures))

    weeks = replay.by_week()
    rules = [(replay.titles.get(rule, rule), rule, mails, stops) for rule, (mails, stops) in replay.by_rule().items()]
    figures = (
        ("mails", len(replay.mails)),
        ("people", len({mail.person for mail in replay.mails})),
        ("stops", len(replay.stops)),
        ("rate", f"{replay.stops_per_person_and_week():.2f}"),
    )
    parts = [
        f"<h1>{say('title')}</h1><p>{say('intro', sets=' / '.join(replay.sets), skipped=replay.skipped)}</p>",
        "<ul class=figures>" + "".join(f"<li><b>{value}</b>{say(name)}</li>" for name, value in figures) + "</ul>",
    ]
    if replay.budget is not None:
        over = len(replay.over_budget())
        word = (
            say("over", budget=f"{replay.budget:g}", count=over) if over else say("within", budget=f"{replay.budget:g}")
        )
        parts.append(f"<p class={'over' if over else 'within'}>{word}</p>")
    by_week = [(str(week), *row) for week, row in weeks.items()]
    parts += [
        f"<h2>{say('by_week')}</h2>",
        _bars([(str(week), stops, pauses) for week, (_, pauses, stops) in weeks.items()], say("bars")),
        _table([say("week"), say("mails"), say("pauses"), say("stops")], by_week),
        f"<h2>{say('by_rule')}</h2>",
        _bars([(title, stops, mails - stops) for title, _, mails, stops in rules], say("bars")),
        _table([say("rule"), "", say("mails"), say("stops")], rules),
        f"<h2>{say('by_person')}</h2>",
        _table(
            [say("person"), say("week"), say("stops")],
            sorted(((person, str(week), count) for (person, week), count in replay.by_person_and_week().items()),
                   key=lambda one: (-one[2], one[0]))[:ROWS_SHOWN],
        ),
    ]  # fmt: skip
    stopped = [(mail.at.strftime("%Y-%m-%d %H:%M"), mail.person, mail.name, mail.outcome.word,
                ", ".join(replay.titles.get(rule, rule) for rule in mail.outcome.rules))
               for mail in replay.stops[:ROWS_SHOWN]]  # fmt: skip
    parts += [
        f"<h2>{say('stopped')}</h2>",
        _table([say("at"), say("person"), say("mail"), say("outcome"), say("rule")], stopped),
    ]
    if len(replay.sets) > 1:
        differing = [(mail.name, mail.person, *mail.difference) for mail in replay.differing[:ROWS_SHOWN]]  # fmt: skip
        parts += [
            f"<h2>{say('differing', count=len(replay.differing))}</h2>",
            _table([say("mail"), say("person"), *[escape(one) for one in replay.sets]], differing),
        ]
    parts.append(f"<p>{say('learned', count=max(0, len(replay.learned) - 1))}</p>")
    return (
        f"<!doctype html><html lang={language}><head><meta charset=utf-8><meta name=viewport "
        f"content='width=device-width,initial-scale=1'><meta http-equiv=Content-Security-Policy "
        f"content=\"default-src 'none';style-src 'unsafe-inline'\"><title>{say('title')}</title>"
        f"<style>{_STYLE}</style></head><body><main>{''.join(parts)}</main></body></html>\n"
    )


def _bars(rows: Sequence[tuple[str, int, int]], label: str) -> str:
    """Horizontal bars: stops dark, the rest light; the figures stand in the table below and at each bar."""
    if not rows:
        return ""
    longest = max(1, max(stops + rest for _, stops, rest in rows))
    height = len(rows) * (_BAR_HEIGHT + _GAP)
    scale = (_WIDTH - _LABEL - 90) / longest
    drawn = []
    for number, (name, stops, rest) in enumerate(rows):
        y = number * (_BAR_HEIGHT + _GAP)
        shown = name if len(name) <= 14 else f"{name[:13]}…"
        drawn.append(
            f"<text x='{_LABEL - 8}' y='{y + 16}' text-anchor='end' font-size='13'>{escape(shown)}</text>"
            f"<rect x='{_LABEL}' y='{y}' width='{stops * scale:.1f}' height='{_BAR_HEIGHT}' fill='#00118f'/>"
            f"<rect x='{_LABEL + stops * scale:.1f}' y='{y}' width='{rest * scale:.1f}' height='{_BAR_HEIGHT}' "
            f"fill='#9db7f9'/><text x='{_LABEL + (stops + rest) * scale + 6:.1f}' y='{y + 16}' font-size='13'>"
            f"{stops} / {stops + rest}</text>"
        )
    return (
        f"<svg role='img' aria-label=\"{label}\" viewBox='0 0 {_WIDTH} {height}' width='{_WIDTH}' height='{height}'>"
        f"{''.join(drawn)}</svg>"
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    def cell(tag: str, value: object, *, plain: bool = False) -> str:
        kind = " class=n" if isinstance(value, int) else ""
        return f"<{tag}{kind}>{value if plain else escape(str(value))}</{tag}>"

    head = "".join(f"<th>{one}</th>" for one in heads)
    body = "".join(f"<tr>{''.join(cell('td', value) for value in row)}</tr>" for row in rows)
    return f"<div class=wide><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if number == 0 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _csv(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()
