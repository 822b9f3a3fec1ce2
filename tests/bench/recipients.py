"""Too many people in To and Cc: mailguard beside two rules that count domains: ``python -m tests.bench.recipients``.

Writes the situations of ``recipients_corpus.py``, asks ``mailguard inspect`` once about all of them, and prints for
each rule how many accidents it finds (recall) and how many harmless mails it stops (false alarms), by family too.
mailguard reads the octets and is not told the labels. The other two are told the recipients, so that they are compared
by what they count and not by how they read; where their behaviour leaves a choice, it is made in their favour.
Exits with 1 when mailguard misses an accident or stops more than 2 % of the harmless mails.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):  # started as a file: name the modules from the checkout's top all the same
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.recipients_corpus import Situation, write

RECALL_MIN = 1.0
FALSE_ALARMS_MAX = 0.02
LIMIT_SECONDS = 600
CONTRACT = ("file", "envelope_from", "envelope_rcpt", "own_domains", "known_partners", "freemail_domains")
"""What a manifest line may say; the labels stay here."""

Answers = dict[str, bool]
"""By file, whether a rule would have stopped the mail."""


@dataclass(frozen=True, slots=True)
class DomainRule:
    """Warns from so many distinct outside domains in To and Cc, as add-ins for Outlook do.

    Both figures are the defaults in the products' published source: ``TargetToAndCcExternalDomainsNum`` of OutlookOkan
    (at 3a26580, June 2024), ``SafeBccThreshold`` of FlexConfirmMail for Outlook (at f9e3795, September 2024). In their
    favour: colleagues and own sub-domains never count, though FlexConfirmMail counts every SMTP address; capitals make
    no second domain; both see whom a meeting's calendar names.
    """

    name: str
    threshold: int

    def stops(self, situation: Situation) -> bool:
        """Whether the rule warns."""
        domains = {address.rpartition("@")[2] for address in situation.shown}
        outside = [one for one in domains if not _is_within(one, situation.own_domains)]
        return len(outside) >= self.threshold


PEERS = (DomainRule("10 domains (OutlookOkan)", 10), DomainRule("4 domains (FlexConfirmMail)", 4))


def _is_within(domain: str, own: Sequence[str]) -> bool:
    return any(domain == one or domain.endswith(f".{one}") for one in own)


def ask_mailguard(folder: Path, situations: Sequence[Situation]) -> Answers:
    """What ``mailguard inspect`` says of all mails, in file order; complains where an answer is missing."""
    questions = folder / "questions.jsonl"
    asked = [{key: value for key, value in one.manifest().items() if key in CONTRACT} for one in situations]
    questions.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in asked), encoding="utf-8")
    command = [sys.executable, "-m", "mailguard", "inspect", "--manifest", str(questions), "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    if ended.returncode != 0:
        raise SystemExit(f"mailguard inspect ended with {ended.returncode}: {ended.stderr[-2000:]}")
    lines = [json.loads(line) for line in ended.stdout.splitlines() if line.strip()]
    answers = {Path(line["file"]).name: bool(line["cc_should_be_bcc"]) for line in lines}
    missing = [one.file for one in situations if one.file not in answers]
    if missing:
        raise SystemExit(f"mailguard inspect said nothing of {len(missing)} mails, the first {missing[0]}")
    return answers


@dataclass(frozen=True, slots=True)
class Score:
    """How one rule did on some situations."""

    accidents: int
    found: int
    harmless: int
    alarms: int

    @property
    def recall(self) -> float:
        """The share of accidents found; 1 where there are none."""
        return self.found / self.accidents if self.accidents else 1.0

    @property
    def alarm_rate(self) -> float:
        """The share of harmless mails stopped; 0 where there are none."""
        return self.alarms / self.harmless if self.harmless else 0.0


def score(situations: Sequence[Situation], answers: Answers) -> Score:
    """Counts a rule's answers against the labels."""
    bad = [answers[one.file] for one in situations if one.cc_should_be_bcc]
    good = [answers[one.file] for one in situations if not one.cc_should_be_bcc]
    return Score(len(bad), sum(bad), len(good), sum(good))


def table(situations: Sequence[Situation], rules: dict[str, Answers]) -> str:
    """Recall and false alarms of every rule, then by family."""
    rows = [["", *(name for name in rules)]]
    totals = [score(situations, answers) for answers in rules.values()]
    rows.append(["accidents found", *(f"{one.found}/{one.accidents}  {one.recall:6.1%}" for one in totals)])
    rows.append(["false alarms", *(f"{one.alarms}/{one.harmless}  {one.alarm_rate:6.1%}" for one in totals)])
    for bad, title in ((True, "accidents found, by family"), (False, "false alarms, by family")):
        rows += [[], [title]]
        for family in dict.fromkeys(one.family for one in situations if one.cc_should_be_bcc is bad):
            own = [one for one in situations if one.family == family and one.cc_should_be_bcc is bad]
            stopped = [sum(answers[one.file] for one in own) for answers in rules.values()]
            rows.append([f"  {family}", *(f"{number}/{len(own)}" for number in stopped)])
    widths = [max(len(row[column]) for row in rows if len(row) > column) for column in range(len(rules) + 1)]
    aligned = (
        "  ".join(cell.ljust(width) if not column else cell.rjust(width) for column, (cell, width) in enumerate(cells))
        for cells in (list(zip(row, widths, strict=False)) for row in rows)
    )
    return "\n".join(line.rstrip() for line in aligned)


def failures(situations: Sequence[Situation], answers: Answers) -> list[str]:
    """Files where a rule differs from the label, with what it did."""
    return [
        f"{'missed' if one.cc_should_be_bcc else 'false alarm':12} {one.file}"
        for one in situations
        if answers[one.file] is not one.cc_should_be_bcc
    ]


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.recipients", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the mails and their manifest there")
    parser.add_argument("--failures", action="store_true", help="also name the files where mailguard differs")
    parser.add_argument("--peers-only", action="store_true", help="leave mailguard out: the two other rules alone")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Measures and prints; 1 where mailguard is not good enough."""
    arguments = _arguments(words)
    with tempfile.TemporaryDirectory() as temporary:
        folder: Path = arguments.keep or Path(temporary)
        situations = write(folder)
        rules = {} if arguments.peers_only else {"mailguard": ask_mailguard(folder, situations)}
    for peer in PEERS:
        rules[peer.name] = {one.file: peer.stops(one) for one in situations}
    print(table(situations, rules))
    if arguments.peers_only:
        return 0
    if arguments.failures:
        print("\n" + ("\n".join(failures(situations, rules["mailguard"])) or "mailguard agrees with every label"))
    ours = score(situations, rules["mailguard"])
    return 0 if ours.recall >= RECALL_MIN and ours.alarm_rate <= FALSE_ALARMS_MAX else 1


if __name__ == "__main__":
    sys.exit(main())
