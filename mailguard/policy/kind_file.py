"""``kinds.yaml`` with its dictionaries and the member list as ``OfficeKinds``.

Dictionaries may lie in text files of the folder: one term a line, ``#`` begins a comment, ``*`` before an ending stands
for the word that ends so. What could not be meant is a complaint with file and line: a pattern that fits the empty
text, a term of one character, a name that stands twice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Any

from mailguard.config.expressions import expression
from mailguard.config.places import Place
from mailguard.model.finding import Kind
from mailguard.model.office_kinds import Check, MemberList, OfficeDictionary, OfficeKind, OfficeKinds
from mailguard.policy.member_file import read_hashes
from mailguard.policy.reading import Reader

FILE_KEYS = ("kinds", "dictionaries", "members")
KIND_KEYS = ("id", "label", "kind", "pattern", "context", "check", "columns", "score", "hard")
CONTEXT_KEYS = ("words", "not", "before", "after", "required")
CHECK_KEYS = ("type", "weights", "modulus")
SCORE_KEYS = ("bare", "context")
DICTIONARY_KEYS = ("id", "label", "kind", "action", "file", "terms", "score", "hard")
MEMBER_KEYS = ("file", "number")
ACTIONS = ("find", "ignore")
WINDOW_MAX = 200
KINDS_MAX = 50
TERMS_MAX = 50_000
TERM_CHARACTERS_MAX = 100
_ID = re.compile(r"[a-z][a-z0-9_]{1,40}")

ReadText = Callable[[str, str], str | None]
"""The text of a file of the folder and None where it cannot be read; given its name and the place that names it."""


def read_kinds(reader: Reader, read_text: ReadText) -> OfficeKinds:
    """All kinds, dictionaries and the member list of the file."""
    values = reader.known((), reader.values, FILE_KEYS)
    seen: dict[str, str] = {}
    kinds = [_kind(reader, place, value, seen) for place, value in reader.entries(("kinds",), values.get("kinds"))]
    if len(kinds) > KINDS_MAX:
        # Every mail is looked through once for each of them.
        reader.complain(("kinds",), f"are more than {KINDS_MAX}; lists of words belong into dictionaries")
        kinds = []
    dictionaries = [
        _dictionary(reader, place, value, seen, read_text)
        for place, value in reader.entries(("dictionaries",), values.get("dictionaries"))
    ]
    members = MemberList()
    if values.get("members") is not None:
        reported = {one.id: one.kind for one in kinds if one is not None}
        members = _members(reader, values["members"], seen, reported, read_text)
    return OfficeKinds(
        tuple(one for one in kinds if one is not None), tuple(one for one in dictionaries if one is not None), members
    )


# -- kinds


def _kind(reader: Reader, place: Place, value: object, seen: dict[str, str]) -> OfficeKind | None:
    values = reader.known(place, value, KIND_KEYS)
    name = _name(reader, place, values, seen)
    pattern = _pattern(reader, (*place, "pattern"), values.get("pattern"))
    context = reader.known((*place, "context"), values.get("context"), CONTEXT_KEYS)
    at: Place = (*place, "context")
    words = _words(reader, (*at, "words"), context.get("words"))
    needs_word = reader.flag((*at, "required"), context.get("required"), False)
    columns = _words(reader, (*place, "columns"), values.get("columns"))
    if needs_word and not words:
        reader.complain((*at, "required"), "needs words: without them it would never be found in a text")
    check, weights, modulus = _check(reader, (*place, "check"), values.get("check"))
    bare, with_word = _scores(reader, (*place, "score"), values.get("score"), OfficeKind("", "", "", ""))
    if not words and not columns and bare < 0.5 and values.get("pattern") is not None:
        reader.complain(
            place, "would never be found: give it words (context.words), columns, or score.bare of 0.5 or more"
        )
    if name is None or pattern is None:
        return None
    return OfficeKind(
        id=name,
        label=reader.text((*place, "label"), values.get("label")) or name,
        kind=_reported(reader, (*place, "kind"), values.get("kind"), name),
        pattern=pattern,
        words=words,
        not_words=_words(reader, (*at, "not"), context.get("not")),
        before=_window(reader, (*at, "before"), context.get("before"), 40),
        after=_window(reader, (*at, "after"), context.get("after"), 10),
        needs_word=needs_word,
        check=check,
        weights=weights,
        modulus=modulus,
        columns=columns,
        bare=bare,
        with_word=with_word,
        is_hard=reader.flag((*place, "hard"), values.get("hard"), False),
    )


def _name(reader: Reader, place: Place, values: dict[str, Any], seen: dict[str, str]) -> str | None:
    at = (*place, "id")
    name = reader.text(at, values.get("id"), required=True)
    if not name:
        return None
    if not _ID.fullmatch(name):
        reader.complain(at, "must be small letters, digits and _, such as member_number")
        return None
    if name in seen:
        reader.complain(at, f"'{name}' is already in {seen[name]}")
        return None
    seen[name] = reader.at(at)
    return name


def _reported(reader: Reader, place: Place, value: object, name: str) -> str:
    """What it is reported as: a kind of the vocabulary, by default its own name."""
    return name if value is None else reader.choice(place, value, [one.value for one in Kind], name)


def _pattern(reader: Reader, place: Place, value: object) -> str | None:
    pattern = reader.text(place, value, required=True)
    if value is None or (not pattern and not isinstance(value, str)):
        return None
    try:
        expression(pattern)
    except ValueError as error:
        reader.complain(place, str(error))
        return None
    return pattern


def _words(reader: Reader, place: Place, values: object) -> tuple[str, ...]:
    """Words, normalised; an empty one would stand everywhere."""
    words = tuple(unicodedata.normalize("NFKC", one).strip() for one in reader.texts(place, values))
    if not all(words):
        reader.complain(place, "has an empty word, which stands everywhere")
    return tuple(dict.fromkeys(word for word in words if word))


def _window(reader: Reader, place: Place, value: object, default: int) -> int:
    if value is None:
        return default
    number = reader.number(place, value)
    if number is None:
        return default
    if number != int(number) or not 0 <= number <= WINDOW_MAX:
        reader.complain(place, f"must be a number of characters from 0 to {WINDOW_MAX}")
        return default
    return int(number)


def _check(reader: Reader, place: Place, value: object) -> tuple[Check, tuple[int, ...], int]:
    nothing: tuple[Check, tuple[int, ...], int] = (Check.NONE, (), 11)
    if value is None:
        return nothing
    if isinstance(value, str):
        value = {"type": value}
    values = reader.known(place, value, CHECK_KEYS)
    if not values:
        return nothing
    if values.get("type") is None:
        reader.complain((*place, "type"), f"is missing: {', '.join(Check)}")
        return nothing
    check = Check(reader.choice((*place, "type"), values["type"], list(Check), Check.NONE))
    if check is not Check.WEIGHTS:
        for key in ("weights", "modulus"):
            if key in values:
                reader.complain((*place, key), f"means nothing where the type is '{check}'")
        return check, (), 11
    weights = [reader.number(at, one) for at, one in reader.entries((*place, "weights"), values.get("weights"))]
    if not weights or any(one is None or one != int(one) or not 0 <= one <= 99 for one in weights):
        reader.complain((*place, "weights"), "must be a list of whole numbers, one for each digit but the last")
        return nothing
    modulus = values.get("modulus", 11)
    if isinstance(modulus, bool) or modulus not in (10, 11):
        reader.complain((*place, "modulus"), "must be 10 or 11")
        return nothing
    return check, tuple(int(one or 0) for one in weights), int(modulus)


def _scores(reader: Reader, place: Place, value: object, default: OfficeKind) -> tuple[float, float]:
    values = reader.known(place, value, SCORE_KEYS)
    bare = _score(reader, (*place, "bare"), values.get("bare"), default.bare)
    with_word = _score(reader, (*place, "context"), values.get("context"), default.with_word)
    if bare > with_word:
        reader.complain((*place, "bare"), "must not be more than score.context: a word makes it likelier")
    return bare, with_word


def _score(reader: Reader, place: Place, value: object, default: float) -> float:
    if value is None:
        return default
    number = reader.number(place, value)
    if number is None:
        return default
    if not 0 <= number <= 1:
        reader.complain(place, "must be from 0 to 1; from 0.5 on it is a finding")
        return default
    return float(number)


# -- dictionaries


def _dictionary(
    reader: Reader, place: Place, value: object, seen: dict[str, str], read_text: ReadText
) -> OfficeDictionary | None:
    values = reader.known(place, value, DICTIONARY_KEYS)
    name = _name(reader, place, values, seen)
    ignores = reader.choice((*place, "action"), values.get("action"), ACTIONS, "find") == "ignore"
    if ignores:
        for key in ("kind", "score", "hard"):
            if key in values:
                reader.complain((*place, key), "means nothing where the action is 'ignore'")
    terms, endings = _terms(reader, place, values, read_text, ignores=ignores)
    if name is None:
        return None
    return OfficeDictionary(
        id=name,
        label=reader.text((*place, "label"), values.get("label")) or name,
        kind=name if ignores else _reported(reader, (*place, "kind"), values.get("kind"), name),
        terms=terms,
        endings=endings,
        confidence=_score(reader, (*place, "score"), values.get("score"), 0.8),
        ignores=ignores,
        is_hard=reader.flag((*place, "hard"), values.get("hard"), False),
    )


def _terms(
    reader: Reader, place: Place, values: dict[str, Any], read_text: ReadText, *, ignores: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if (values.get("file") is None) == (values.get("terms") is None):
        reader.complain(place, "needs either a file or terms")
        return (), ()
    lines: list[tuple[str, str]] = []
    if values.get("terms") is not None:
        at: Place = (*place, "terms")
        lines = [(reader.at(at), word) for word in reader.texts(at, values["terms"])]
    else:
        at = (*place, "file")
        name = file_name(reader, at, values["file"])
        text = None if name is None else read_text(name, reader.at(at))
        for number, line in enumerate((text or "").splitlines(), 1):
            word = line.partition("#")[0].strip()
            if word:
                lines.append((f"{reader.folder / str(name)}:{number}", word))
    terms, endings = dict[str, None](), dict[str, None]()
    for where, word in lines:
        term = unicodedata.normalize("NFKC", word).strip()
        plain = term.removeprefix("*")
        problem = _problem(term, ignores=ignores)
        if problem:
            reader.complain_at(where, f"'{word[:20]}' {problem}")
        elif plain != term:
            endings[plain] = None
        else:
            terms[term] = None
    if len(terms) + len(endings) > TERMS_MAX:
        reader.complain(at, f"has more than {TERMS_MAX} terms")
        return (), ()
    return tuple(terms), tuple(endings)


def _problem(term: str, *, ignores: bool) -> str:
    """What is wrong with a term; "" where nothing is."""
    if "*" in term[1:]:
        return "has a * within: it may stand at the beginning only, for words that end so"
    if term.startswith("*"):
        if ignores:
            return "begins with *: what is never a finding must be named in full"
        return "" if len(term) > 1 else "is no word"
    if len(term) < 2:
        return "is too short: it would stand in nearly every text"
    return f"is longer than {TERM_CHARACTERS_MAX} characters" if len(term) > TERM_CHARACTERS_MAX else ""


def file_name(reader: Reader, place: Place, value: object) -> str | None:
    """The name of a file inside the folder, such as dict/words.txt; None, with a complaint, for anything else."""
    name = reader.text(place, value)
    path = PurePosixPath(name)
    if not name or path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or ":" in name:
        reader.complain(place, "must be a file inside the folder of the rules, such as dict/words.txt")
        return None
    return path.as_posix()


# -- members


def _members(
    reader: Reader, value: object, seen: dict[str, str], reported: dict[str, str], read_text: ReadText
) -> MemberList:
    place: Place = ("members",)
    values = reader.known(place, value, MEMBER_KEYS)
    kinds: Sequence[str] = [*(one.value for one in Kind), *seen]
    number = reader.choice((*place, "number"), values.get("number"), kinds, MemberList().number_kind)
    # What is reported, and what rules ask for, is the kind's kind.
    number = reported.get(number, number)
    if values.get("file") is None:
        reader.complain((*place, "file"), "is missing: the file that 'mailguard policy members' wrote")
        return MemberList()
    name = file_name(reader, (*place, "file"), values["file"])
    text = None if name is None else read_text(name, reader.at((*place, "file")))
    if name is None or text is None:
        return MemberList()
    return read_hashes(
        text, number, lambda line, sentence: reader.complain_at(f"{reader.folder / name}:{line}", sentence)
    )
