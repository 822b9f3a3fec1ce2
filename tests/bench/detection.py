"""What is seen and what is seen wrongly: ``python -m tests.bench.detection``.

Four corpora, all invented: single texts of every structured kind with their word and every family of what resembles
one; addresses in every notation; names; whole mails, those of ``tests/corpus/mails`` with their labels and made ones
with data and without. Prints precision and recall by kind, the families in which something was taken wrongly, mails by
decision, and the gates with what they demand. Exit status 1 where a gate is missed.

``--rival-python PATH`` asks privacy-masker and Presidio about the same texts (see README.md). ``--snippets FILE`` adds
labelled snippets and ``--addresses FILE`` a list of addresses, one a line, that others have collected.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import detection_cases
from tests.bench.detection_cases import STRUCTURED, Sample
from tests.bench.detection_mails import MAILS as FOLDER
from tests.bench.detection_mails import (
    MailScore,
    is_sent_out,
    labelled_mails,
    labels,
    made_mails,
    ours,
    rival_mails,
    texts_of,
)
from tests.bench.detection_scores import Found, Score, Scores, scored, table
from tests.bench.rival import TRIES
from tests.corpus.generated.clean_documents import CLEAN, clean_documents
from tests.corpus.generated.documents import DATA, documents
from tests.corpus.generated.office import Document

EACH = 400
"""Labelled texts of a kind."""
DECOYS_EACH = 100
RIVAL_SECONDS = 1800


@dataclass(frozen=True)
class Size:
    """How many texts of a kind, decoys of a family, addresses of a notation, rounds of names and of made mails."""

    each: int = EACH
    decoys: int = DECOYS_EACH
    addresses: int = 100
    rounds: int = 20
    mails: int = 20


@dataclass(frozen=True)
class Gate:
    """One demand: where it stands, what it asks, what was measured, and whether that is enough."""

    name: str
    target: str
    measured: str
    is_met: bool


@dataclass
class Corpora:
    """All samples and mails of one size."""

    structured: list[Sample]
    addresses: list[Sample]
    people: list[Sample]
    data: list[Document]
    clean: list[Document]

    @property
    def groups(self) -> tuple[list[Sample], list[Sample], list[Sample]]:
        """The single texts by what they try."""
        return self.structured, self.addresses, self.people

    @property
    def texts(self) -> list[Sample]:
        """All single texts in one order."""
        return [one for group in self.groups for one in group]


@dataclass
class Results:
    """What one detector made of the corpora."""

    structured: Scores
    addresses: Scores
    people: Scores
    labelled: MailScore
    data: MailScore
    clean: MailScore
    families: dict[str, MailScore]
    seconds: float = 0.0


def corpora(size: Size) -> Corpora:
    """The texts and mails of a size; the same every time."""
    seed = detection_cases.SEED
    return Corpora(
        [
            *detection_cases.labelled(size.each), *detection_cases.decoys(size.decoys),
            *detection_cases.special(size.each),
        ],
        list(detection_cases.places(size.addresses)),
        list(detection_cases.people(size.rounds)),
        list(documents(seed, size.mails)),
        list(clean_documents(seed, size.mails)),
    )  # fmt: skip


def measured(texts: Corpora) -> Results:
    """What mailguard makes of them."""
    began = time.perf_counter()
    structured, addresses, people = (scored(group, [ours(one.text) for one in group]) for group in texts.groups)
    seconds = time.perf_counter() - began
    data, families = made_mails(texts.data)
    clean, clean_families = made_mails(texts.clean)
    return Results(structured, addresses, people, labelled_mails(), data, clean, families | clean_families, seconds)


def gates(results: Results) -> list[Gate]:
    """The demands on detection, each with what was measured."""
    kinds = [*STRUCTURED, "special_care"]
    structured, people, labelled = results.structured, results.people.kinds["person_name"], results.labelled
    worst = min(kinds, key=lambda kind: structured.kinds[kind].recall)
    least = min(kinds, key=lambda kind: structured.kinds[kind].precision)
    family, (tried, taken) = max(structured.families.items(), key=lambda one: one[1][1] / one[1][0])
    bare = structured.families["tracking_bare"]
    notation = min(results.addresses.notations.items(), key=lambda one: one[1].recall)
    addresses = results.addresses.kinds["postal_address"]
    in_data = people_in(results.families)
    return [
        _least("labelled structured kinds, recall of the worst", 0.99, structured.kinds[worst].recall, worst),
        _least("structured kinds, precision of the worst", 0.99, structured.kinds[least].precision, least),
        _most("family of decoys, the worst", 0.01, taken / tried, family),
        _most("bare 4-4-4 called a My Number", 0.01, bare[1] / bare[0], ""),
        _least("addresses, recall of all notations", 0.99, addresses.recall, ""),
        _least("addresses, recall of the worst notation", 0.95, notation[1].recall, notation[0]),
        _least("names, recall", 0.90, people.recall, ""),
        _least("names, precision", 0.95, people.precision, ""),
        _least("made mails with data: persons exact", 0.90, in_data, ""),
        _most("made clean mails called must_protect", 0.02, results.clean.over / results.clean.mails, ""),
        _most("made mails with data that leak", 0.0, results.data.leaks / max(1, results.data.to_protect), ""),
        _least("48 mails: kinds in their places, precision", 0.97, labelled.precision, ""),
        _least("48 mails: kinds in their places, recall", 0.97, labelled.recall, ""),
        _least("48 mails: persons exact", 0.90, labelled.persons / labelled.mails, ""),
        _least("48 mails: must_protect", 1.0, labelled.protect / labelled.mails, ""),
        _least("48 mails: flags", 1.0, labelled.flags / labelled.mails, ""),
    ]


def people_in(families: dict[str, MailScore]) -> float:
    """The share of made mails whose persons were counted exactly."""
    return sum(one.persons for one in families.values()) / sum(one.mails for one in families.values())


def _least(name: str, target: float, value: float, where: str) -> Gate:
    return Gate(name, f">= {target:.3f}", f"{value:.4f} {where}".strip(), value >= target)


def _most(name: str, target: float, value: float, where: str) -> Gate:
    return Gate(name, f"<= {target:.3f}", f"{value:.4f} {where}".strip(), value <= target)


def _scores(results: Results) -> dict[str, Score]:
    return {**results.structured.kinds, **results.addresses.kinds, **results.people.kinds}


def report(results: Results) -> str:
    """Everything measured, but the gates."""
    rows = [["kind", "labels", "recall", "counting", "false", "precision"]]
    for kind, one in sorted(_scores(results).items()):
        counting = f"{one.counting / max(1, one.labels):.4f}"
        rows.append([kind, str(one.labels), f"{one.recall:.4f}", counting, str(one.false), f"{one.precision:.4f}"])
    parts = [table(rows), "", "notations and families below 1.0"]
    for scores in (results.structured, results.addresses, results.people):
        parts += [
            f"  {name}: {one.seen}/{one.labels}" for name, one in sorted(scores.notations.items()) if one.recall < 1
        ]
    tried = sum(len(one.families) for one in (results.structured, results.addresses, results.people))
    parts += ["", f"families of decoys with something taken wrongly, of {tried} families"]
    for scores in (results.structured, results.addresses, results.people):
        parts += [f"  {name}: {bad} of {of}" for name, (of, bad) in sorted(scores.families.items()) if bad]
        parts += [f"  (as {kind} in {where}: {count})" for (kind, where), count in scores.confused.most_common(8)]
    rows = [["made mails", "mails", "kinds P", "kinds R", "persons", "leaks", "over-encrypted"]]
    for name, mail in sorted(results.families.items()):
        wrong = mail.missing.total() + mail.extra.total()
        if wrong or mail.persons < mail.mails or mail.leaks or mail.over:
            rows.append(_mail_row(name, mail))
    rows += [_mail_row("all with data", results.data), _mail_row("all clean", results.clean)]
    return "\n".join([*parts, "", table(rows), "", "48 mails", *(f"  {one}" for one in results.labelled.wrong)])


def _mail_row(name: str, mail: MailScore) -> list[str]:
    rates = [f"{mail.precision:.4f}", f"{mail.recall:.4f}"] if mail.right else ["-", "-"]
    return [name, str(mail.mails), *rates, f"{mail.persons}/{mail.mails}", str(mail.leaks), str(mail.over)]


def ask_rival(python: Path, name: str, texts: Sequence[str]) -> tuple[list[list[Found]], float, str]:
    """A rival's answers, its seconds for all of them, and its version. Raises ``SystemExit`` where it cannot run."""
    worker = Path(__file__).with_name("rival.py")
    ended = subprocess.run(
        [str(python), str(worker), name], input=json.dumps({"texts": list(texts)}), capture_output=True, text=True,
        timeout=RIVAL_SECONDS, check=False,
    )  # fmt: skip
    if ended.returncode != 0:
        raise SystemExit(f"{name} did not run: {ended.stderr[-800:]}")
    answer = json.loads(ended.stdout)
    return [[Found(*one) for one in found] for found in answer["answers"]], answer["seconds"], answer["version"]


def rival_results(python: Path, name: str, texts: Corpora) -> tuple[Results, str]:
    """The same measures for a rival, with its version. Mails are given to it as texts that mailguard has read."""
    known = [
        (one["file"], (FOLDER / one["file"]).read_bytes(), one["must_protect"]) for one in labels() if is_sent_out(one)
    ]
    data = [(one.family, one.octets, one.must_protect) for one in texts.data]
    clean = [(one.family, one.octets, one.must_protect) for one in texts.clean]
    single = [one.text for one in texts.texts]
    mails = [[text for _, octets, _ in group for text in texts_of(octets)] for group in (known, data, clean)]
    answers, _, version = ask_rival(python, name, [*single, *(text for group in mails for text in group)])
    seconds = ask_rival(python, name, single)[1]
    at, slices = 0, []
    for size in (len(texts.structured), len(texts.addresses), len(texts.people), *map(len, mails)):
        slices.append(answers[at : at + size])
        at += size
    sees_names = "person_name" in TRIES[name]
    whole = [
        rival_mails(group, found, sees_names) for group, found in zip((known, data, clean), slices[3:], strict=True)
    ]
    scores = [scored(group, found) for group, found in zip(texts.groups, slices, strict=False)]
    return Results(scores[0], scores[1], scores[2], whole[0], whole[1], whole[2], {}, seconds), version


def comparison(texts: Corpora, results: dict[str, Results]) -> str:
    """One table: recall and precision by kind, wrong decisions about mails, and time."""
    rows = [["recall / precision", *results]]
    for kind in sorted(_scores(next(iter(results.values())))):
        row = [kind]
        for name, one in results.items():
            tries = TRIES.get(name.split(" ")[0])
            score = _scores(one).get(kind, Score())
            row.append(f"{score.recall:.3f} / {score.precision:.3f}" if tries is None or kind in tries else "-")
        rows.append(row)
    families = [one.structured.families.values() for one in results.values()]
    rows.append(["decoys taken for something", *(f"{_total(one, 1)} of {_total(one, 0)}" for one in families)])
    mails = {
        "48 mails": [one.labelled for one in results.values()],
        "made mails with data": [one.data for one in results.values()],
        "made clean mails": [one.clean for one in results.values()],
    }
    for title, scores in mails.items():
        rows.append([f"{title}: leaks", *(f"{one.leaks} of {one.to_protect}" for one in scores)])
        rows.append([f"{title}: over-encrypted", *(f"{one.over} of {one.clean}" for one in scores)])
    octets = sum(len(one.text.encode()) for one in texts.texts)
    rows.append(["KB/s over the single texts", *(f"{octets / 1024 / one.seconds:,.0f}" for one in results.values())])
    return table(rows)


def _total(families: Iterable[list[int]], which: int) -> int:
    return sum(one[which] for one in families)


def of_snippets(path: Path) -> Scores:
    """Labelled snippets of others: targets must be found, decoys left alone; readings and the like do not matter."""
    samples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        snippet: dict[str, Any] = json.loads(line)
        for kind in {one["kind"] for one in snippet["labels"]} | {one["kind"] for one in snippet["decoys"]}:
            own = [one for one in snippet["labels"] if one["kind"] == kind]
            targets = tuple((one["start"], one["end"]) for one in own if one["role"] == "target")
            guarded = frozenset({kind} if len(targets) == len(own) else ())
            samples.append(Sample(snippet["id"], kind, snippet["text"], targets, guarded))
    return scored(samples, map(ours, (one.text for one in samples)))


def of_addresses(path: Path) -> Gate:
    """A list of addresses that others have collected, one a line: how many are found to half of their length."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    samples = [Sample("list", "postal_address", line, ((0, len(line)),)) for line in lines]
    score = scored(samples, map(ours, lines)).kinds["postal_address"]
    return _least(f"outside list of {len(lines)} addresses, recall", 0.99, score.recall, "")


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.detection", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--rival-python", type=Path, metavar="PATH", help="a Python with privacy-masker and Presidio")
    parser.add_argument("--snippets", type=Path, metavar="FILE", help="labelled snippets as JSON lines")
    parser.add_argument("--addresses", type=Path, metavar="FILE", help="addresses, one a line")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="also show so many misses and mistakes")
    parser.add_argument("--quick", action="store_true", help="a tenth of the texts")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Measures and prints; 1 where a gate is missed."""
    arguments = _arguments(words)
    texts = corpora(Size(40, 10, 10, 2, 2) if arguments.quick else Size())
    results = measured(texts)
    mails = f"{len(texts.data)} mails of {len(DATA)} families with data, {len(texts.clean)} of {len(CLEAN)} without"
    print(f"{len(texts.texts)} texts, {mails}\n")
    print(report(results))
    for scores in (results.structured, results.addresses, results.people):
        for one in scores.missed[: arguments.misses]:
            print(f"missed {one.kind} ({one.family}): {one.text!r}")
        for kind, one in scores.mistaken[: arguments.misses]:
            print(f"taken for {kind} ({one.family}): {one.text!r}")
    demands = gates(results)
    if arguments.addresses:
        demands.append(of_addresses(arguments.addresses))
    if arguments.snippets:
        kinds = of_snippets(arguments.snippets).kinds.values()
        whole = Score(sum(k.labels for k in kinds), sum(k.seen for k in kinds), 0, sum(k.false for k in kinds))
        demands += [
            _least("snippets, recall", 0.95, whole.recall, ""),
            _least("snippets, precision", 0.95, whole.precision, ""),
        ]
    rows = [
        ["gate", "target", "measured", ""],
        *([g.name, g.target, g.measured, "ok" if g.is_met else "MISSED"] for g in demands),
    ]
    print("\n" + table(rows))
    if arguments.rival_python:
        beside = {"mailguard": results}
        for name in TRIES:
            rival, version = rival_results(arguments.rival_python, name, texts)
            beside[f"{name} {version}"] = rival
        print("\n" + comparison(texts, beside))
    return 0 if all(one.is_met for one in demands) else 1


if __name__ == "__main__":
    sys.exit(main())
