"""``python -m tests.bench.judging``: what judging costs, as the history and the list of recipients grow.

Two curves, each point the median of several looks, in one process: an ordinary mail of 5 KB with 0 to 100,000 known
correspondents, and one mail to 1 to 2,000 recipients. The peer is the first point of each curve: what matters is that
the first does not grow and the second grows no faster than its recipients. Exit status 1 where 100,000 known
correspondents cost more than half as much again, or 2,000 recipients take a second.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import UTC, datetime

from mailguard.config import HoldSettings, OfficeSettings, PolicySettings
from mailguard.judging import judge_mail
from mailguard.judging.history import TrialHistory
from mailguard.judging.opening import open_rules
from mailguard.judging.reading import looked_at
from mailguard.model.knowledge import Lesson
from mailguard.policy.facts import Occasion
from mailguard.policy.rules import RuleSet

OWN = "office.example.jp"
SENDER = f"tanoue@{OWN}"
KNOWN = (0, 1_000, 10_000, 100_000)
RECIPIENTS = (1, 10, 100, 1_000, 2_000)
LOOKS = 200
GROWTH_MAX = 1.5
SECONDS_MAX = 1.0
AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def ordinary_mail() -> tuple[bytes, Occasion]:
    """5 KB of Japanese text to somebody unknown: the dearest question there is."""
    to = "tanaka.ichiro@hatsune-kogyo.example.co.jp"
    text = "お世話になっております。来月の打ち合わせの件でご連絡いたします。\r\n" * 45
    fields = ("From: " + SENDER, "To: " + to, "Subject: x", "Content-Type: text/plain; charset=utf-8", "", "")
    head = "\r\n".join(fields)
    return head.encode() + text.encode(), Occasion(SENDER, (to,), AT)


def mail_to(count: int) -> tuple[bytes, Occasion]:
    """A circular with everybody in To, at 500 firms and three providers."""
    places = ["gmail.com", "docomo.ne.jp", "icloud.com", *(f"firm{number:03}.example.com" for number in range(500))]
    people = [f"person{number}@{places[number % len(places)]}" for number in range(count)]
    shown = ",\r\n ".join(f"=?utf-8?b?5bCP5p+zIOWNg+Wwiw==?= <{one}>" for one in people)
    head = f"From: {SENDER}\r\nTo: {shown}\r\nSubject: x\r\nMessage-ID: <a@b>\r\n\r\nhello\r\n"
    return head.encode(), Occasion(SENDER, tuple(people), AT)


def median_seconds(octets: bytes, occasion: Occasion, rules: RuleSet, history: TrialHistory, looks: int) -> float:
    """From octets to verdict, history asked, nothing learned."""
    taken = []
    for _ in range(looks):
        began = time.perf_counter()
        situation = looked_at(octets, occasion, rules)
        judge_mail(situation, history.recall(situation.question), rules)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def learn(history: TrialHistory, start: int, end: int) -> None:
    """Make people known, four at a firm."""
    for first in range(start, end, 1000):
        people = range(first, min(end, first + 1000))
        boxes = {f"known{number}@company{number // 4}.example.net": "" for number in people}
        history.learn([Lesson(SENDER, boxes, (), (), None, "")], AT)


def main() -> int:
    """Both curves; the exit status."""
    office = OfficeSettings(domains=[OWN])
    rules = open_rules(office, PolicySettings(), HoldSettings(), AT.date()).rules
    history = TrialHistory()
    print(f"{'known correspondents':>22}  {'ms a mail':>10}  {'ratio':>6}")
    known, first, last = 0, 0.0, 0.0
    for count in KNOWN:
        learn(history, known, count)
        known = count
        last = median_seconds(*ordinary_mail(), rules, history, LOOKS)
        first = first or last
        print(f"{count:>22,}  {last * 1000:>10.2f}  {last / first:>6.2f}")
    print(f"\n{'recipients in To':>22}  {'ms a mail':>10}  {'us each':>8}")
    most = 0.0
    for count in RECIPIENTS:
        most = median_seconds(*mail_to(count), rules, history, 5)
        print(f"{count:>22,}  {most * 1000:>10.2f}  {most / count * 1e6:>8.0f}")
    history.close()
    return 1 if last > first * GROWTH_MAX or most > SECONDS_MAX else 0


if __name__ == "__main__":
    sys.exit(main())
