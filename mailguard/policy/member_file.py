"""The office's member list: from a CSV to a file of keyed hashes, and from that file to a ``MemberList``.

The CSV has a header row; columns are known by what they are usually called. Nothing of it is kept in clear: the file
holds a line that tells the key, then one hash a line, sorted, so that their order says nothing either.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

from mailguard.errors import ConfigurationError
from mailguard.model.office_kinds import HASH_OCTETS, MemberList, MemberValue, comparable_member, hashed_members

FIRST_LINE = "mailguard members 1"
MEMBERS_MAX = 500_000
_SHAPE = re.compile(rf"[0-9a-f]{{{2 * HASH_OCTETS}}}")
_DROPPED = re.compile(r"[\s()\[\]・.:_-]|必須|任意")

SURNAME, GIVEN = ("姓", "氏", "苗字", "名字", "lastname", "surname", "familyname"), ("名", "firstname", "givenname")
COLUMNS = {
    MemberValue.NAME: (
        "氏名", "名前", "お名前", "会員氏名", "会員名", "組合員氏名", "組合員名", "職員氏名", "職員名", "社員名",
        "社員氏名", "従業員名", "従業員氏名", "漢字氏名", "氏名漢字", "旧姓氏名", "name", "fullname",
    ),
    MemberValue.NUMBER: (
        "会員番号", "会員no", "会員id", "会員コード", "組合員番号", "組合員証番号", "組合員no", "職員番号",
        "職員コード", "職員no", "社員番号", "社員no", "従業員番号", "従業員コード", "番号", "no", "id", "number",
        "membernumber", "memberno", "memberid", "staffnumber", "employeenumber", "employeeid",
    ),
    MemberValue.MAIL: (
        "メール", "メールアドレス", "eメール", "電子メール", "アドレス", "mail", "email", "mailaddress",
        "emailaddress",
    ),
}  # fmt: skip
"""What columns of names, numbers and addresses are called: small letters, without blanks and brackets."""


def csv_rows(text: str) -> list[list[str]]:
    """The rows of a CSV or of a text with tabs. Raises ``ConfigurationError`` with the line where it is none."""
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > MEMBERS_MAX:
                raise ConfigurationError([f"line {reader.line_num}: there are more than {MEMBERS_MAX} rows"])
    except csv.Error as error:
        raise ConfigurationError([f"line {reader.line_num}: this is no CSV; look at its quotation marks"]) from error
    return rows


def hashed_rows(rows: Sequence[Sequence[str]], key: bytes, number_kind: str = "") -> MemberList:
    """The member list of a CSV whose first row with words names its columns.

    Raises ``ConfigurationError`` where no column is known or nothing stands below. ``key``: 16 octets at least.
    """
    if len(key) < 16:
        raise ValueError("a key of 16 octets at least")
    members = list(members_of(rows))
    if not members:
        raise ConfigurationError(["there is no member below the header"])
    return hashed_members(members, key, number_kind)


def members_of(rows: Sequence[Sequence[str]]) -> Iterator[tuple[MemberValue, str]]:
    """Each name, number and address of a CSV. Raises ``ConfigurationError`` where its header has no known column."""
    start = next((number for number, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if start is None:
        raise ConfigurationError(["the file is empty"])
    header = [_key(cell) for cell in rows[start]]
    columns = [(at, which) for at, word in enumerate(header) for which, words in COLUMNS.items() if word in words]
    surname = next((at for at, word in enumerate(header) if word in SURNAME), None)
    given = next((at for at, word in enumerate(header) if word in GIVEN), None)
    if not columns and (surname is None or given is None):
        raise ConfigurationError(
            [f"line {start + 1}: names no column that is known, such as 氏名, 会員番号 or メールアドレス"]
        )
    for row in rows[start + 1 :]:
        if surname is not None and given is not None and max(surname, given) < len(row):
            yield MemberValue.NAME, row[surname] + row[given]
        for at, which in columns:
            value = row[at] if at < len(row) else ""
            if _is_worth(which, value):
                yield which, value


def _key(header: str) -> str:
    return _DROPPED.sub("", unicodedata.normalize("NFKC", header)).casefold()


def _is_worth(which: MemberValue, value: str) -> bool:
    """Whether a value is one: numbers of two digits and names of one letter would be found everywhere."""
    word = comparable_member(which, value)
    match which:
        case MemberValue.MAIL:
            return "@" in word
        case MemberValue.NUMBER:
            return len(word) >= 3 and any(letter.isdigit() for letter in word)
        case MemberValue.NAME:
            return len(word) >= 2


def written_hashes(members: MemberList) -> str:
    """The file of a member list."""
    lines = [FIRST_LINE, f"key {members.key_check.hex()}", *sorted(one.hex() for one in members.hashes)]
    return "\n".join(lines) + "\n"


def read_hashes(text: str, number_kind: str, complain: Callable[[int, str], None]) -> MemberList:
    """The member list of such a file; ``complain`` is told the line and what is wrong, once for the first bad line."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != FIRST_LINE:
        complain(1, "is no member list; 'mailguard policy members' writes it from a CSV")
        return MemberList()
    key = lines[1].removeprefix("key ").strip() if len(lines) > 1 and lines[1].startswith("key ") else ""
    if not _SHAPE.fullmatch(key):
        complain(2, "must be the line 'key …' that 'mailguard policy members' wrote")
        return MemberList()
    hashes = set()
    for number, line in enumerate(_filled(lines[2:]), 3):
        if not _SHAPE.fullmatch(line):
            complain(number, "is no line of a member list; make the list anew")
            return MemberList()
        hashes.add(bytes.fromhex(line))
    return MemberList(frozenset(hashes), bytes.fromhex(key), number_kind)


def _filled(lines: Iterable[str]) -> list[str]:
    """The lines without blanks; empty ones at the end are none."""
    found = [line.strip() for line in lines]
    while found and not found[-1]:
        found.pop()
    return found
