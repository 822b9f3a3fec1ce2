"""Names in roman letters: Japanese ones by their syllables, others by a title or label beside them.

Knowingly not done: other names in running text without title or label than of the commonest surnames and given names
abroad. They cannot be told from products and places without a list of the world's names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailguard.inspection.ja.name_lexicon import lexicon
from mailguard.inspection.ja.romaji_names import roman_key

_UPPER = r"[A-Z\u00c0-\u00de]"
_LETTER = r"[A-Za-z\u00c0-\u024f'\u2019\-]"
_WORD = rf"{_UPPER}{_LETTER}{{1,15}}"
_TOLD_WORD = rf"{_UPPER}[A-Za-z\u00c0-\u024f'.\-]{{0,20}}"
_NONE_BEFORE = r"(?<![A-Za-z0-9@._/\-].)"
"""Stands behind the first letter, not before it: only so does a search skip all other places at once."""
_LIKELY = re.compile(r"[A-Za-z.,'](?:[ /]|, )[A-Za-z]")
_PAIR = re.compile(
    rf"(?P<one>{_UPPER}{_NONE_BEFORE}{_LETTER}{{1,15}})(?:, ?| |/)(?P<two>{_WORD})"
    r"(?![A-Za-z0-9@_/]|[.\-][A-Za-z0-9])"
)
_SMALL_PAIR = re.compile(
    rf"(?P<one>[a-z]{_NONE_BEFORE}[a-z]{{1,11}}) (?P<two>[a-z]{{2,12}}) {{0,2}}(?=様|さん|さま|氏|殿)"
)
_FREE = re.compile(rf"[A-Z]{_NONE_BEFORE}[A-Za-z]{{1,14}}(?: [A-Z][A-Za-z]{{1,14}}){{1,2}}(?![A-Za-z0-9@_/])")
_TITLE = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? (?P<name>{_WORD}(?: [A-Z]\.)?(?: {_WORD}){{1,2}})(?![A-Za-z])")
_MAY_LABEL = re.compile(rf"[:=][ \t]{{0,3}}{_UPPER}")
_TITLES = ("Mr", "Ms", "Miss", "Dr", "Prof")
_LABEL = re.compile(
    r"(?i:\b(?:full name|name in full|(?:employee|guest|patient|student|member|customer|passenger|applicant|insured"
    r"|beneficiary|cardholder|card holder|account holder|holder|payee|traveller|traveler|participant|child|spouse"
    r"|emergency contact)(?:'s)?(?: name)?|name(?: on card| of (?:the )?[a-z]{3,12})?))[ \t]{0,3}[:=][ \t]{0,3}"
    rf"(?P<name>{_TOLD_WORD}(?:,? {_TOLD_WORD}){{1,3}})(?![A-Za-z])"
)
_IDENTITY = re.compile(r"[A-Z](?<![A-Za-z0-9].)[A-Z](?:\d{8}[A-Z]{2}|\d{7})(?![A-Za-z0-9])")
_JAPANESE_LABEL = re.compile(
    r"(?:氏名|名前|姓名|名義人?|ローマ字|英字|英文|表記|[客者員徒童]名|[者人生]|[Nn]ame)"
    r"(?:\([^()\n]{1,12}\))?[ \t]{0,3}[:=][ \t]{0,3}"
    rf"(?P<name>{_TOLD_WORD}(?:,? {_TOLD_WORD}){{1,4}})(?![A-Za-z])"
)
_IN_CAPITALS = re.compile(
    rf"[A-Z]{_NONE_BEFORE}[A-Z']{{1,13}}(?:(?:, ?| )[A-Z'\-]{{2,14}}){{1,4}}(?![A-Za-z0-9@_/]|[.\-][A-Za-z0-9])"
)
_CAPITAL_CELL = re.compile(
    r"(?P<name>[A-Z](?<![^\t\n].)[A-Z]{1,13}(?:(?:, ?| )[A-Z]{2,14}){1,3})(?= {0,2}(?:[\t\n]|\Z))"
)
_NAME_LINE = re.compile(
    r"^ {0,4}(?:\(?\d{1,3}[).:] ?|[・●○■] ?)?"
    r"(?P<name>[A-Z][a-z]{1,14}(?: [A-Z]\.?)?(?: [A-Z][A-Za-z'\-]{1,14}){1,2}) {0,4}$",
    re.MULTILINE,
)
_BLANK_LABEL = re.compile(
    r"(?:氏 {0,4}名|お名前)(?:\([^()\n]{1,12}\))?[ \t]{1,4}"
    rf"(?P<name>{_TOLD_WORD}(?:,? {_TOLD_WORD}){{1,4}})(?![A-Za-z])"
)
"""As in forms, where blanks stand in place of the colon."""
_MAY_BLANK_LABEL = ("氏名", "お名前", "名 ")
_LINE_MAX = 120
_SURE_SURNAME = 5
"""Letters of a Japanese surname that is no short word of other languages."""
_HONORIFIC = re.compile(
    rf"(?P<name>{_UPPER}(?<![A-Za-z].){_LETTER}{{1,15}}(?: [A-Z]\.?)?(?: {_WORD}){{1,3}})"
    r"[ )]{0,2}(?=様|さん|さま|氏(?!名)|殿|先生|(?i:[- ]san\b|[- ]sensei\b|[- ]sama\b))"
)


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NO_NAMES = _set(
    """
    hoken kumiai kyosai nenkin gakko shien kenko kokumin shakai kaigi jimusho shinjuku user product company admin
    aikido akihabara an and april are arena as asakusa asia at audio auto bank be best building canon casa center
    centre china city co code college corp costa daiwa data date dear demo do done east euro express for fri from
    fukuoka ginza go green hakata hall he high hiroshima hitachi home honda hotel in inc institute is it japan judo
    july june karate kawasaki kimono kin kind kobe komatsu korea kubota kyoto limited line ltd made mail main map
    march maria marina marine mario may mazda me media memo mine mini mission mitsubishi mitsui mobile model mon
    mono more museum nagoya naha nano nara new news nissan no nomura north note office okinawa on one order osaka
    our page park photo radio rapid regards roman room sake same santa sanyo sapporo sat school sendai she shibuya
    shinjuku sincerely site so sony south station street studio sumitomo sun sushi suzuki taxi thank thanks the thu
    time to tokyo toshiba total tower town toyota tue two ueno university us video we web wed west with yamaha
    yokohama you your
    """
)
_CARD_WORDS = _set(
    """
    passport card no number name date birth expiry expires issue issued visa nationality sex male female residence
    type country authority permanent resident student engineer specialist skilled worker intern trainee dependent
    category status period of validity valid until jpn vnm phl idn npl mmr chn kor usa gbr id dob tel fax pdf
    reissue change old copy original ok ng
    """
)
"""Words beside the number of a passport or card that are no names."""
_COMPANIES = _set(
    """
    daiwa hitachi honda kawasaki komatsu kubota mazda nomura suzuki toshiba toyota yamaha
    """
)
_FOREIGN_SURNAMES = _set(
    """
    adams allen anderson bailey baker bautista becker bennett brooks brown bui campbell carter chen cho choi clark
    collins cook cooper costa cox cruz dang davis dela diaz dinh dubois duong dupont edwards evans ferrari ferreira
    fischer flores foster garcia gomez gonzalez gray green gupta gurung hall harris hernandez hoang hoffmann howard
    huang hughes huynh ivanov jackson jang johnson jones jung kang kelly khan kim kumar lee lewis lim liu lopez ly
    martin martinez mendoza meyer miller mitchell moore morgan morris muller murphy myers nelson nguyen oliveira
    park parker patel pereira perez peterson petrov pham phan phillips price rai ramirez ramos reed reyes richardson
    rivera roberts robinson rodriguez rogers ross rossi russo sanchez sanders santos schmidt schneider scott sharma
    shrestha silva singh smith souza stewart tamang taylor thapa thomas thompson torres tran truong turner vo vu
    sok chea heng keo chhay gurung karki rana adhikari thapa bhandari aung zaw thein myint htun wijaya santoso
    susanto dela bautista villanueva aquino ocampo wagner walker wang ward watson weber white williams wilson wood
    wright xu yang zhang zhao zhou zhu
    """
)
_FOREIGN_GIVEN = _set(
    """
    aaron adam alexander amanda amit amy ana andrea andrew angela anh anil anna anthony antonio ashley barbara
    benjamin betty bishnu brandon brenda brian carlos carol carolyn catherine charles cheryl christina christine
    christopher cynthia daniel david deborah dennis diane donald donna duc edward elizabeth emily emma eric evelyn
    frank gary george giulia gregory hannah hans heather helen henry hoa hung huong hyun ivan jack jacob james janet
    jason jean jeffrey jennifer jerry jessica ji jing joan john jonathan jorge jose joseph joshua joyce juan judith
    julie justin karen katherine kathleen kelly kenneth kevin kimberly klaus kyle larry laura lauren linda linh lisa
    luca luis manuel marco margaret maria marie mark mary matthew megan melissa michael michelle min ming minh nancy
    nathan nicholas nicole olga olivia pamela patricia patrick paul pedro peter pierre priya rachel raj ram raymond
    rebecca richard robert ronald rosa ruth ryan samantha samuel sandra sanjay sarah scott sharon shirley sita
    sophie stephanie stephen steven susan thao thi thomas timothy tuan tyler van victoria virginia wei william xiao
    zachary dara sophea srey vanna bishal sunita binod suman dewi putri siti nur agus budi ahmad muhammad mohammad
    mohamed maung thida ngoc phuong thuy hien trang quang dung hai binh
    """
)


_NO_BEARERS = _NO_NAMES - _FOREIGN_GIVEN - _FOREIGN_SURNAMES
"""Words that nobody is called, also behind a label; Maria is one of the others."""


@dataclass(frozen=True, slots=True)
class LatinName:
    """One name. ``how``: ``syllables``, ``title``, ``label``, ``honorific``, ``list``, ``identity`` or ``cell``.

    ``surname``: its key or "".
    """

    start: int
    end: int
    confidence: float
    how: str
    surname: str = ""


def is_japanese(one: str, two: str) -> str:
    """The surname's key where two words are a Japanese name in either order, else ""."""
    if one.casefold() in _NO_NAMES - _COMPANIES or two.casefold() in _NO_NAMES - _COMPANIES:
        return ""
    lists = lexicon()
    first, second = roman_key(one), roman_key(two)
    if two.casefold() in _FOREIGN_GIVEN and len(one) >= _SURE_SURNAME and first in lists.surname_roman:
        return first
    if one.casefold() in _FOREIGN_GIVEN and len(two) >= _SURE_SURNAME and second in lists.surname_roman:
        return second
    if first in lists.surname_roman and second in lists.given_roman:
        return first
    return second if second in lists.surname_roman and first in lists.given_roman else ""


def _is_foreign(words: list[str]) -> bool:
    """Whether two or three words are a surname and given names borne abroad, in either order."""
    names = [word.casefold() for word in words]
    given = [name in _FOREIGN_GIVEN for name in names]
    return (names[-1] in _FOREIGN_SURNAMES and given[0]) or (names[0] in _FOREIGN_SURNAMES and all(given[1:]))


def _beside_identity(plain: str) -> Iterator[LatinName]:
    """Names as documents print them, on the line of a passport's or a residence card's number."""
    done = 0
    for number in _IDENTITY.finditer(plain):
        if number.start() < done:
            continue
        nearest = max(done, number.start() - _LINE_MAX)
        first = max(nearest, plain.rfind("\n", nearest, number.start()) + 1)
        stop = plain.find("\n", number.end(), number.end() + _LINE_MAX)
        done = stop if stop >= 0 else min(len(plain), number.end() + _LINE_MAX)
        for found in _IN_CAPITALS.finditer(plain, first, done):
            words = found[0].casefold().replace(",", " ").split()
            if _NO_NAMES.isdisjoint(words) and _CARD_WORDS.isdisjoint(words):
                yield LatinName(*found.span(), 0.8, "identity", roman_key(words[0]))


def _in_cells(plain: str) -> Iterator[LatinName]:
    """Names in capitals that fill a cell or a line, where one of their words is borne abroad."""
    for found in _CAPITAL_CELL.finditer(plain):
        words = found["name"].casefold().replace(",", " ").split()
        is_borne = any(word in _FOREIGN_SURNAMES or word in _FOREIGN_GIVEN for word in words)
        if is_borne and _NO_NAMES.isdisjoint(words) and _CARD_WORDS.isdisjoint(words):
            yield LatinName(*found.span("name"), 0.65, "cell", roman_key(words[0]))
    for found in _NAME_LINE.finditer(plain):
        words = found["name"].casefold().split()
        if words[0] in _FOREIGN_GIVEN and _NO_NAMES.isdisjoint(words):
            yield LatinName(*found.span("name"), 0.65, "cell", roman_key(words[-1]))


def latin_names(plain: str) -> Iterator[LatinName]:
    """All of them in a normalised text; overlaps are possible."""
    if _LIKELY.search(plain) is None:
        return
    patterns = [(_HONORIFIC, "honorific", 0.85)]
    may_label = _MAY_LABEL.search(plain) is not None
    if may_label:
        patterns.insert(0, (_LABEL, "label", 0.9))
    if any(title in plain for title in _TITLES):
        patterns.append((_TITLE, "title", 0.85))
    for pattern, how, confidence in patterns:
        for found in pattern.finditer(plain):
            start, end = found.span("name")
            words = plain[start:end].replace(",", " ").split()
            if all(word.casefold().rstrip(".") not in _NO_BEARERS for word in words):
                surname = is_japanese(*words) if len(words) == 2 else ""
                yield LatinName(start, end, confidence, how, surname or roman_key(words[-1]))
    yield from _beside_identity(plain)
    yield from _in_cells(plain)
    may_blank = any(label in plain for label in _MAY_BLANK_LABEL)
    for pattern, is_likely in ((_JAPANESE_LABEL, may_label), (_BLANK_LABEL, may_blank)):
        for found in pattern.finditer(plain) if is_likely else ():
            words = found["name"].casefold().replace(",", " ").split()
            if _NO_BEARERS.isdisjoint(words) and (is_likely is may_label or _CARD_WORDS.isdisjoint(words)):
                yield LatinName(*found.span("name"), 0.85, "label", roman_key(words[0]))
    for found in _FREE.finditer(plain):
        words = found[0].split()
        if _is_foreign(words):
            yield LatinName(*found.span(), 0.7, "list", roman_key(words[-1]))
    for pattern, confidence in ((_PAIR, 0.75), (_SMALL_PAIR, 0.8)):
        at = 0
        while pair := pattern.search(plain, at):
            at = pair.start("two")
            if surname := is_japanese(pair["one"], pair["two"]):
                at = pair.end("two")
                yield LatinName(pair.start("one"), pair.end("two"), confidence, "syllables", surname)
