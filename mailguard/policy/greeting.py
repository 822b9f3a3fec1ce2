"""Whom a mail greets in its first lines: 「○○株式会社 営業部 △△様」."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LINES_MAX = 8
_HONORIFIC = re.compile(r"[\s]*(様方|様|さま|さん|殿|先生|御中|各位|氏)[\s、,。]*$")
_ENTITY = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|合名会社|㈱|㈲|\(株\)|\(有\)|\(同\)|(?:一般|公益)?(?:財団|社団)法人|医療法人|学校法人|社会福祉法人"
    r"|NPO法人|税理士法人|協同組合"
)
_ORGANISATION = re.compile(
    r"会社|法人|銀行|信用金庫|ホテル|旅館|学校|大学|高校|中学|小学|幼稚園|保育園|病院|医院|クリニック|センター|事務所|組合|協会|工業|商事|企画|建設"
    r"|印刷|物産|産業|電機|電気|運輸|不動産|薬局|商店|商会|工務店|生命|保険|旅行|システム|設備|電設|設計|運送|興業|建材|製作所|研究所|役所|役場|教育委員会|店|社$|社\b"
)
_GENERAL = re.compile(
    r"皆|みな|各|担当|関係|ご一同|会員|保護者|お客|受講|参加|申込|所属|事務|委員|役員|組合員|先生方|全員|支店|係|部長|課長|社長|所長|校長|園長|店長|院長|会長|理事"
)
_UNIT = re.compile(r"(?:^法人.*部|^.{0,6}[部課係])$")
_CALL = re.compile(
    r"[々〆぀-ヿ一-鿿豈-﫿\U00020000-\U0003ffff]{1,8}(?:\s[々〆぀-ヿ一-鿿豈-﫿\U00020000-\U0003ffff]{1,5})?"
)


@dataclass(frozen=True, slots=True)
class Greeting:
    """Organisations without their legal form, and persons without blanks and titles, as greeted; both may be empty.

    ``words`` are the words of the persons: surname and given name, or a firm that nobody could tell from a surname.
    """

    organisations: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Organisation and person as one text to remember; "" unless it names exactly one of each."""
        if len(self.organisations) == 1 and len(self.persons) == 1:
            return f"{self.organisations[0]}|{self.persons[0]}"
        return ""


def greeting_of(own_text: str) -> Greeting:
    """Whom the first lines greet; nothing where they greet nobody, or everybody."""
    organisations: list[str] = []
    persons: list[str] = []
    parts: list[str] = []
    above: list[str] = []
    lines = [line.strip() for line in own_text.split("\n") if line.strip()][:LINES_MAX]
    for line in lines:
        text = unicodedata.normalize("NFKC", line).strip()
        if text.startswith("(") and text.endswith(")") and not text.startswith(("(株)", "(有)", "(同)")):
            text = text[1:-1]
        text = re.sub(r"^cc\s*:?\s*", "", text, flags=re.IGNORECASE)
        if len(text) > 50 or text.endswith("。"):
            break
        match = _HONORIFIC.search(text)
        if match is None:
            if persons or organisations:
                break
            above.append(text)
            if len(above) > 3:
                break
            continue
        called = text[: match.start()].strip()
        parts += _take(called, match[1], above, organisations, persons)
        above = []
    return Greeting(*(tuple(dict.fromkeys(names)) for names in (organisations, persons, parts)))


def organisation_name(text: str) -> str:
    """The name of an organisation without its legal form and blanks; "" where the text names none."""
    normal = unicodedata.normalize("NFKC", text)
    if not (_ENTITY.search(normal) or _ORGANISATION.search(normal)):
        return ""
    name = "".join(_ENTITY.sub("", normal).split())
    return "" if _UNIT.search(name) or name.startswith(("各", "全")) else name


def has_legal_form(text: str) -> bool:
    """Whether a text names a firm by its legal form."""
    return _ENTITY.search(unicodedata.normalize("NFKC", text)) is not None


def _take(called: str, title: str, above: list[str], organisations: list[str], persons: list[str]) -> list[str]:
    """Sorts out one greeted line; the words of the person in it."""
    for line in above:
        name = organisation_name(line)
        if name:
            organisations.append(name)
    words = called.split()
    if title in ("御中", "各位"):
        name = organisation_name(words[0]) if words else ""
        if name:
            organisations.append(name)
        return []
    if len(words) > 1 and organisation_name(words[0]):
        organisations.append(organisation_name(words[0]))
        words = words[1:]
    while len(words) > 1 and re.search(r"[部課係局室店]$", words[0]):
        words = words[1:]
    person = " ".join(words[-2:])
    if person and not _GENERAL.search(person) and not organisation_name(person) and _CALL.fullmatch(person):
        persons.append(person.replace(" ", ""))
        return person.split(" ")
    if person and organisation_name(person) and not _GENERAL.search(person):
        organisations.append(organisation_name(person))
    return []
