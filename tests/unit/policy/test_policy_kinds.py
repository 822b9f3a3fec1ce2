"""The office's kinds, dictionaries and members are read whole, or what is wrong is said with file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from mailguard.errors import ConfigurationError
from mailguard.inspection.office_kinds import detectors_of, tried
from mailguard.inspection.text import Text
from mailguard.model.contents import Piece
from mailguard.model.finding import Because, Kind
from mailguard.model.office_kinds import Check, MemberList, MemberValue, OfficeKinds
from mailguard.policy.kind_file import (
    CHECK_KEYS,
    CONTEXT_KEYS,
    DICTIONARY_KEYS,
    FILE_KEYS,
    KIND_KEYS,
    MEMBER_KEYS,
    SCORE_KEYS,
)
from mailguard.policy.loading import sets_in
from mailguard.policy.member_file import csv_rows, hashed_rows, written_hashes
from mailguard.policy.shipped import shipped_folder
from tests.unit.policy.parts import RULE, complaints, load

KEY = b"a key of thirty-two octets long."
POLICIES = Path(__file__).resolve().parents[3] / "policies"
NAMES = ("README.md", "README.ja.md")
GUIDES = [pytest.param(POLICIES / name, id=name) for name in NAMES]


def kind(*lines: str, pattern: str = "'[0-9]{6}'") -> str:
    """A kind with these lines besides its name and pattern; it is found bare."""
    more = "".join(f"\n    {line}" for line in lines)
    score = "" if any(line.startswith("score") for line in lines) else "\n    score: {bare: 0.6}"
    return f"kinds:\n  - id: a_number\n    pattern: {pattern}{score}{more}\n"


def words(*lines: str) -> str:
    """A dictionary with these lines."""
    return "dictionaries:\n  - id: a_list\n" + "".join(f"    {line}\n" for line in lines)


def read(folder: Path, written: str) -> OfficeKinds:
    """What a folder with this ``kinds.yaml`` knows."""
    return load(folder, {"mine": RULE, "kinds": written}).rules.kinds


FAULTS = [
    pytest.param("knids: []\n", "kinds.yaml:1: knids is unknown; did you mean 'kinds'?", id="key of the file"),
    pytest.param("kinds: {a: 1}\n", "kinds.yaml:1: kinds must be a list", id="no list"),
    pytest.param("kinds: [a]\n", "kinds, entry 1 must be a section", id="no section"),
    pytest.param(kind("patern: x"), "kinds.yaml:5: kinds, entry 1, patern is unknown; did you", id="key of a kind"),
    pytest.param(kind().replace("id: a_number", "id: A Number"), "id must be small letters, digits and _", id="id"),
    pytest.param(kind().replace("id: a_number", "label: x"), "kinds, entry 1, id is missing", id="no id"),
    pytest.param(kind() + kind().removeprefix("kinds:\n"), "'a_number' is already in", id="twice"),
    pytest.param(kind() + words("terms: [abc]").replace("a_list", "a_number"), "'a_number' is already in",
                 id="twice, as kind and dictionary"),
    pytest.param("kinds:\n  - id: a_number\n    score: {bare: 0.6}\n", "pattern is missing", id="no pattern"),
    pytest.param(kind(pattern="''"), "pattern is empty", id="empty pattern"),
    pytest.param(kind(pattern="'[0-9]*'"), "kinds.yaml:3: kinds, entry 1, pattern fits the empty text",
                 id="fits the empty text"),
    pytest.param(kind(pattern=r"'\b'"), "pattern fits the empty text", id="fits between letters"),
    pytest.param(kind(pattern="'(?=1)[0-9]'"), "pattern cannot be read as an RE2 pattern", id="look-around"),
    pytest.param(kind(pattern="'[0-9'"), "pattern cannot be read as an RE2 pattern (missing ]", id="no pattern at all"),
    pytest.param(kind(pattern=f"'{'1' * 201}'"), "must be at most 200 characters (it has 201)", id="too long"),
    pytest.param(kind(pattern="'(?:[0-9a-z]{1,999}){1,1}[0-9a-z]{1,999}x'"), "is far too complicated", id="huge"),
    pytest.param(kind(pattern="[1]"), "pattern must be text; put it in quotes", id="pattern without quotes"),
    pytest.param(kind("kind: my_nunber"), "kind must be person_name, ", id="reported kind"),
    pytest.param(kind("context: {wrods: [x]}"), "context.wrods is unknown; did you mean 'words'?", id="context"),
    pytest.param(kind("context: {words: [' ']}"), "context.words has an empty word", id="empty word"),
    pytest.param(kind("context: {required: true}"), "context.required needs words", id="required without words"),
    pytest.param(kind("context: {words: [番号], before: 201}"), "from 0 to 200", id="window"),
    pytest.param(kind("context: {words: [番号], after: many}"), "context.after must be a number", id="no window"),
    pytest.param(kind("check: {type: mod7}"), "check.type must be none, mod10", id="check"),
    pytest.param(kind("check: {weights: [1]}"), "check.type is missing: none, mod10", id="no check"),
    pytest.param(kind("check: {type: luhn, weights: [1]}"), "check.weights means nothing where the type is 'luhn'",
                 id="weights of no use"),
    pytest.param(kind("check: {type: weights}"), "check.weights must be a list of whole numbers", id="no weights"),
    pytest.param(kind("check: {type: weights, weights: [a]}"), "must be a number", id="no number as weight"),
    pytest.param(kind("check: {type: weights, weights: [2], modulus: 9}"), "check.modulus must be 10 or 11",
                 id="modulus"),
    pytest.param(kind("score: {bare: 1.5}"), "score.bare must be from 0 to 1", id="score"),
    pytest.param(kind("score: {bare: 0.9, context: 0.6}"), "score.bare must not be more than score.context",
                 id="scores the wrong way round"),
    pytest.param(kind("score: {bare: 0.1}"), "would never be found", id="never found"),
    pytest.param(kind("hard: yes"), "hard must be true or false", id="flag"),
    pytest.param(words("term: [abc]", "terms: [abc]"), "term is unknown; did you mean 'terms'?", id="dictionary"),
    pytest.param(words("label: x"), "needs either a file or terms", id="no terms"),
    pytest.param(words("file: dict/a.txt", "terms: [abc]"), "needs either a file or terms", id="both"),
    pytest.param(words("terms: [あ]"), "'あ' is too short", id="short term"),
    pytest.param(words("terms: ['a*b']"), "has a * within", id="star within"),
    pytest.param(words("terms: ['*']"), "is no word", id="star alone"),
    pytest.param(words("action: ignore", "terms: ['*社']"), "must be named in full", id="ending in an allow-list"),
    pytest.param(words("action: ignore", "score: 0.5", "terms: [abc]"), "score means nothing", id="score of no use"),
    pytest.param(words("action: skip", "terms: [abc]"), "action must be find or ignore (it is 'skip')", id="action"),
    pytest.param(words("file: ../a.txt"), "file must be a file inside the folder of the rules", id="outside"),
    pytest.param(words("file: /etc/passwd"), "file must be a file inside the folder of the rules", id="absolute"),
    pytest.param(words("file: dict/none.txt"), "kinds.yaml:3: dict/none.txt: cannot be read (No such file",
                 id="no file"),
    pytest.param("members: {numbers: x}\n", "members.numbers is unknown; did you mean 'number'?", id="members"),
    pytest.param("members: {number: member_number}\n", "members.file is missing", id="no members"),
    pytest.param("members: {file: kinds.yaml}\n", "kinds.yaml:1: is no member list", id="no member list"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), FAULTS)
def test_fault_in_kinds_is_told_with_its_line(tmp_path: Path, written: str, expected: str) -> None:
    """Whoever wrote it reads which file and line, and what is wrong; nothing of it is loaded."""
    found = complaints(tmp_path, {"mine": RULE, "kinds": written})

    assert any(expected in one for one in found), found
    assert [] == [one for one in found if not re.match(r"\S+\.yaml:\d+: ", one)]


def test_fault_in_a_dictionary_file_is_told_with_its_own_line(tmp_path: Path) -> None:
    """The third line of the list is named, not the line of kinds.yaml that names the list."""
    (tmp_path / "dict").mkdir()
    (tmp_path / "dict" / "a.txt").write_text("# note\n甲号休職  # note\nあ\n", "utf-8")
    found = complaints(tmp_path, {"mine": RULE, "kinds": words("file: dict/a.txt")})

    assert ["dict/a.txt:3: 'あ' is too short: it would stand in nearly every text"] == found


def test_dictionary_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    """A list saved by an old editor is a complaint with its line, not mojibake."""
    (tmp_path / "dict").mkdir()
    (tmp_path / "dict" / "a.txt").write_bytes("abc\n甲号休職\n".encode("cp932"))
    found = complaints(tmp_path, {"mine": RULE, "kinds": words("file: dict/a.txt")})

    assert ["dict/a.txt:2: the file must be saved as UTF-8"] == found


HOSTILE = [
    pytest.param("a: &a [" + "x," * 50 + "]\nkinds: &b [" + "*a," * 50 + "]\n", id="aliases"),
    pytest.param("kinds: &a [*a]\n", id="alias of itself"),
    pytest.param("kinds: !!python/object/apply:os.system ['true']\n", id="tag"),
    pytest.param("kinds: " + "[" * 3000 + "\n", id="deep"),
    pytest.param("kinds:\n  - {id: a_number, id: b_number}\n", id="key twice"),
    pytest.param("kinds:\n\t- x\n", id="tab"),
    pytest.param("kinds: \x00\n", id="control character"),
    pytest.param("- kinds\n", id="list"),
]


@pytest.mark.parametrize("written", HOSTILE)
def test_hostile_yaml_is_a_complaint(tmp_path: Path, written: str) -> None:
    """No file makes the relay stop, run something or use memory without end."""
    assert complaints(tmp_path, {"mine": RULE, "kinds": written})


def test_more_kinds_than_a_mail_can_be_looked_through_for_are_refused(tmp_path: Path) -> None:
    """Thousands of terms belong into a dictionary."""
    one = kind().removeprefix("kinds:\n")
    many = "kinds:\n" + "".join(one.replace("a_number", f"number_{number}") for number in range(51))

    assert ["kinds.yaml:1: kinds are more than 50; lists of words belong into dictionaries"] == complaints(
        tmp_path, {"mine": RULE, "kinds": many}
    )


def test_kinds_are_read_with_all_they_say(tmp_path: Path) -> None:
    """What the office wrote arrives, and what it left out has its default."""
    found = read(
        tmp_path,
        kind(
            "label: 番号",
            "kind: staff_number",
            "context: {words: [職員番号], not: [伝票], before: 20, after: 0, required: true}",
            "check: {type: weights, weights: [5, 4, 3, 2, 7], modulus: 10}",
            "columns: 職員番号",
            "hard: true",
        ),
    )
    (one,) = found.kinds

    assert ("a_number", "番号", "staff_number", 20, 0) == (one.id, one.label, one.kind, one.before, one.after)
    assert (("職員番号",), ("伝票",), True, ("職員番号",)) == (one.words, one.not_words, one.needs_word, one.columns)
    assert (Check.WEIGHTS, (5, 4, 3, 2, 7), 10, 0.6, 0.9) == (
        one.check, one.weights, one.modulus, one.bare, one.with_word,
    )  # fmt: skip
    assert frozenset({"staff_number"}) == found.hard_kinds


def test_folder_without_kinds_looks_for_nothing_of_its_own(tmp_path: Path) -> None:
    """An office that says nothing has the kinds everybody has."""
    assert OfficeKinds() == load(tmp_path, {"mine": RULE}).rules.kinds


def test_shipped_kinds_are_empty_and_no_set_of_rules() -> None:
    """What comes along knows no office, and nobody is offered kinds.yaml as a set."""
    assert (shipped_folder() / "kinds.yaml").exists()
    assert {"kinds": [], "dictionaries": [], "members": None} == yaml.safe_load(
        (shipped_folder() / "kinds.yaml").read_text("utf-8")
    )
    assert "kinds" not in sets_in(shipped_folder())


def test_version_changes_with_a_dictionary(tmp_path: Path) -> None:
    """A verdict's record names the rules it was made by, down to the words of a list."""
    (tmp_path / "dict").mkdir()
    listed = tmp_path / "dict" / "a.txt"
    listed.write_text("甲号休職\n", "utf-8")
    files = {"mine": RULE, "kinds": words("file: dict/a.txt")}
    before, listed_files = load(tmp_path, files).rules.version, load(tmp_path, files).files
    listed.write_text("乙号休職\n", "utf-8")

    assert listed in listed_files
    assert before != load(tmp_path, files).rules.version


# -- members

CSV = "組合員番号,姓,名,メールアドレス\n12-345678,小口,哲也,oguchi@free.example.org\n,髙﨑,美和,\n"


def test_member_list_is_written_and_read_without_a_name_in_it(tmp_path: Path) -> None:
    """The file holds hashes alone, and the members are found by it, however their names are written."""
    members = hashed_rows(csv_rows(CSV), KEY)
    written = written_hashes(members)
    (tmp_path / "members.txt").write_text(written, "utf-8")
    found = read(tmp_path, "members: {file: members.txt, number: staff_number}\n").members

    assert re.fullmatch(r"mailguard members 1\nkey [0-9a-f]{16}\n(?:[0-9a-f]{16}\n){4}", written)
    assert (members.hashes, "staff_number", True) == (found.hashes, found.number_kind, found.is_of_key(KEY))
    assert [True, True, True, False] == [
        found.has(which, value, KEY)
        for which, value in (
            (MemberValue.NAME, "高崎 美和"), (MemberValue.NUMBER, "１２３４５６７８"),
            (MemberValue.MAIL, "OGUCHI@free.example.org"), (MemberValue.NAME, "小口"),
        )
    ]  # fmt: skip


def test_member_list_of_another_key_finds_nobody(tmp_path: Path) -> None:
    """A list made on another machine is noticed instead of silently finding nobody."""
    members = hashed_rows(csv_rows(CSV), KEY)

    assert not members.is_of_key(b"another key of thirty-two octets")
    assert [] == detectors_of(OfficeKinds(members=members), b"another key of thirty-two octets")
    assert not MemberList().is_of_key(KEY)


BAD_CSV = [
    pytest.param("", "the file is empty", id="empty"),
    pytest.param("\n\n", "the file is empty", id="blank"),
    pytest.param("列1,列2\na,b\n", "line 1: names no column that is known", id="no header"),
    pytest.param("姓,電話\n小口,1\n", "line 1: names no column that is known", id="surname alone"),
    pytest.param("氏名,番号\n", "there is no member below the header", id="header alone"),
    pytest.param("氏名,番号\n,12\n", "there is no member below the header", id="values too short"),
    pytest.param('氏名\n"小口 哲也\n', "line 2: this is no CSV", id="quotation mark"),
]


@pytest.mark.parametrize(("text", "expected"), BAD_CSV)
def test_bad_member_csv_is_refused_with_its_line(text: str, expected: str) -> None:
    """A list from which nobody would be found is not made; no value of it is in the sentence."""
    with pytest.raises(ConfigurationError) as caught:
        hashed_rows(csv_rows(text), KEY)

    assert 1 == len(caught.value.complaints)
    assert caught.value.complaints[0].startswith(expected)
    assert "小口" not in caught.value.complaints[0]


BAD_LISTS = [
    pytest.param("", "members.txt:1: is no member list", id="empty"),
    pytest.param("氏名\n小口 哲也\n", "members.txt:1: is no member list", id="the CSV itself"),
    pytest.param("mailguard members 1\n", "members.txt:2: must be the line 'key", id="no key"),
    pytest.param(f"mailguard members 1\nkey {'0' * 16}\n{'0' * 16}\n小口\n", "members.txt:4: is no line", id="a name"),
]


@pytest.mark.parametrize(("text", "expected"), BAD_LISTS)
def test_bad_member_list_is_told_with_its_line(tmp_path: Path, text: str, expected: str) -> None:
    """Whoever names the CSV instead of the list made of it reads so."""
    (tmp_path / "members.txt").write_text(text, "utf-8")
    found = complaints(tmp_path, {"mine": RULE, "kinds": "members: {file: members.txt}\n"})

    assert 1 == len(found)
    assert found[0].startswith(expected)


# -- the guides


def section(guide: Path) -> str:
    """What a guide says of kinds."""
    found = re.search(r"\n## [^\n]*\n\n`kinds\.yaml`.*?(?=\n## )", guide.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[0]


@pytest.mark.parametrize("guide", GUIDES)
def test_guide_has_every_key_of_kinds(guide: Path) -> None:
    """Every key stands in a table of the guide, in order, and every choice somewhere in it."""
    text = section(guide)
    keys = [re.findall(r"\| `([a-z_]+)` \|", part) for part in text.split("\n### ")[1:]]
    inner = [*FILE_KEYS, *CONTEXT_KEYS, *CHECK_KEYS, *SCORE_KEYS, *Check]

    assert [list(KIND_KEYS), list(DICTIONARY_KEYS), list(MEMBER_KEYS)] == keys
    assert [] == [word for word in inner if f"`{word}`" not in text and f"{word}:" not in text]


def test_guides_show_the_same_kinds() -> None:
    """The files an office copies are the same in both languages, but for notes."""
    shown = []
    for name in NAMES:
        blocks = re.findall(r"```[a-z]+\n(.*?)```", section(POLICIES / name), re.DOTALL)
        shown.append([re.sub(r"#.*", "", block) for block in blocks])

    assert shown[0] == shown[1]


@pytest.mark.parametrize("guide", GUIDES)
def test_what_the_guide_shows_finds_what_it_says(tmp_path: Path, guide: Path) -> None:
    """Somebody who copies the guide's blocks finds member numbers, names of projects and members."""
    blocks = re.findall(r"```(yaml|text)\n(.*?)```", section(guide), re.DOTALL)
    (tmp_path / "dict").mkdir()
    (tmp_path / "dict" / "projects.txt").write_text(next(text for kind, text in blocks if kind == "text"), "utf-8")
    (tmp_path / "members.txt").write_text(written_hashes(hashed_rows(csv_rows(CSV), KEY)), "utf-8")
    kinds, dictionaries, _rule, two_shapes, members_block = (text for kind, text in blocks if kind == "yaml")
    found = read(tmp_path, kinds + dictionaries + members_block)
    sample = "組合員番号 １２－３４５６７８\n伝票番号 12-345678\n北部統合準備室より\nあおぞら計画"
    members = Text(Piece("body", "小口 哲也様"), "小口 哲也様")
    certain = [one for detector in detectors_of(found, KEY) for one in detector.find(members)]

    assert [1] == [one.line for one in tried(found.kinds[0], sample) if one.is_finding]
    assert [3, 4] == [one.line for one in tried(found.dictionaries[0], sample) if one.is_finding]
    assert [2] == [one.line for one in tried(found.kinds[0], "氏名,組合員No\n山田 花子,12345678")]
    assert [Because.MEMBER_LIST] == [ground.because for one in certain for ground in one.evidence]
    assert [Kind.MEMBER_NUMBER] * 2 == [one.kind for one in read(tmp_path, two_shapes).kinds]
