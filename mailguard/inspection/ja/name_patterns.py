"""Full names in Japanese script: where a surname and a given name stand together, and how sure that is.

Three steps: places where the lists allow a name (cheap, one pass over the runs of kanji); what stands around it
(honorific, label, list mark, personal data on its line, an organisation); and, where surname and given name are written
together and the lists leave a doubt, what Sudachi reads there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailguard.inspection.ja import morphology
from mailguard.inspection.ja.name_lexicon import Lexicon, common_glyphs
from mailguard.inspection.ja.name_splits import (
    AFTER_NAME,
    PLACE_ENDS,
    given_prefix,
    is_prefix,
    may_hold_name,
    split,
    surnames_inside,
)
from mailguard.inspection.ja.name_words import (
    ENTRY_AFTER,
    HONORIFICS,
    LABELS,
    LIST_MARK,
    NOT_GIVEN,
    OFFICES,
    ORGANISATION_AFTER,
    ORGANISATION_BEFORE,
    PERSONAL_ITEM,
    SCHOOL_CLASS,
    SINGLE_GIVEN,
)
from mailguard.inspection.text import LINE_MAX, line_start

KANJI = "\u3400-\u9fff\u3005\u3006\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(rf"[{KANJI}][{KANJI}\u30f6\u30f5]*(?:[\u30ce\u30b1](?=[{KANJI}])[{KANJI}\u30f6\u30f5]*)*")
_GIVEN_TOKEN = re.compile(rf"[{KANJI}\u3041-\u3096\u30a1-\u30fa\u30fc\u309d\u30fd]{{1,9}}")
_GAP = re.compile(" {1,3}|\t")
_KANA_TAIL = re.compile(rf"(?:[\u3041-\u3096]{{1,6}}|[\u30a1-\u30fa\u30fc]{{1,6}})[{KANJI}]{{0,4}}")
_LABEL_GAP = " \t:=→>「『【(\n<|･・"
_KANA_NO_NAME = re.compile(
    "(?:です|でし|でご|から|まで|さん|さま|くん|ちゃん|より|など|には|では|とは|への|との|という|につ|にお|にて|がい|をお|をご|して|した|する|あり|ある|いる|ない|なる|なり|もの|こと|ので|のみ|だけ|たち|ほど|ごと|にも|でも|のう|のお|のご|のこ|のよ)"
)
_OF_CLAUSES = frozenset("条甲乙丙")
"""Surnames, rare ones, that in contracts and rules are a clause or a party."""
_ACCOUNT_SORTS = ("普", "当座", "貯蓄")
_ACCOUNT_BEHIND = re.compile(r"[)]? {0,2}(?:No\.?)? ?\d{6,8}(?!\d)")
_BRANCH_ENDS = ("店", "所", "部")
_CONTINENTAL = frozenset(
    "李王張劉陳楊黄趙呉周徐孫馬朱胡郭何林高梁鄭羅宋謝唐韓曹許鄧蕭馮曽程蔡彭潘袁于董余蘇葉呂魏蒋田杜丁沈姜范江傅鍾盧汪戴崔任陸廖姚方金邱夏譚韋賈"
    "鄒石熊孟秦閻薛侯雷白段郝孔邵史毛常万顧頼武康賀厳尹銭施洪朴権安柳全文裴南河成車具辛閔申黎阮範"
)
"""Surnames of one character that many Chinese, Korean and Vietnamese people bear."""
_HONORIFIC_SOON = re.compile("[\u69d8\u6c0f\u6bbf\u541b\u3055\u304f\u3061\u751f\u8aed\u5148]")
_GIVEN_ENDS = frozenset("美子香恵江枝代奈里織紀希乃之介助郎朗夫男雄彦人斗太也哉")
_NO_SURNAMES = LABELS.union(HONORIFICS, OFFICES, ("記号", "番号", "枝番", "口座", "種別", "支店", "銀行"))
_PERSONAL = frozenset({"surname", "given", "person"})
_ITEM_SPAN = 90
_MARK_SPAN = 12


@dataclass(frozen=True, slots=True)
class Sighting:
    """A name that the lists allow. ``surname_end``: where the surname ends; ``given_start``: where the rest begins."""

    start: int
    surname_end: int
    given_start: int
    end: int
    surname: int
    given: int

    @property
    def is_joined(self) -> bool:
        """Written without a blank."""
        return self.surname_end == self.given_start


class NameScan:
    """All sightings of one text. ``plain`` is folded; ``written`` the same text with the glyphs it has."""

    def __init__(self, plain: str, written: str, lists: Lexicon) -> None:
        self.plain = plain
        self.written = common_glyphs(written)
        self.lists = lists
        self._words: dict[int, dict[int, morphology.Word]] = {}
        self._items: dict[int, bool] = {}

    def sightings(self) -> Iterator[Sighting]:
        """Names with a blank and names without, in order of their starts; the better reading of each place."""
        plain = self.plain
        surnames = self.lists.surnames
        done = 0
        for run in RUN.finditer(plain):
            start, end = run.span()
            if start < done:
                continue
            follows = plain[end : end + 1]
            if follows in (" ", "\t") and end - start <= 24 and (found := self._spaced(start, end)):
                # 今泉香織 銀行名 is no family called 今泉香織.
                whole = self._joined(start, end) if not found.surname and end - start > 3 else None
                yield whole or found
                done = found.end if found.surname else done
                continue
            length = end - start
            if length == 1:
                if surnames.get(plain[start], 0) >= 2 and (found := self._kana_given(start, end)):
                    yield found
                    done = found.end
                continue
            if length > 24:
                continue
            found = self._joined(start, end) if length > 2 else None
            if found is None and "\u3041" <= follows <= "\u30fa":
                found = self._before_kana(start, end)
            if found:
                yield found
                done = found.end

    # -- surname, blank, given name

    def _spaced(self, start: int, end: int) -> Sighting | None:
        gap = _GAP.match(self.plain, end)
        token = _GIVEN_TOKEN.match(self.plain, gap.end()) if gap else None
        if token is None or gap is None:
            return None
        ending = self._surname_at_end(start, end)
        if ending is None:
            return None
        at, grade = ending
        surname = self.plain[at:end]
        if token[0].startswith(_ACCOUNT_SORTS) and (
            gap[0] == "\t" or surname.endswith(_BRANCH_ENDS) or _ACCOUNT_BEHIND.match(self.plain, token.end())
        ):
            return None  # 須坂支店 普) 0123456
        if surname == "孫" and self.lists.surnames.get(token[0], 0) >= 2 and _GAP.match(self.plain, token.end()):
            return None  # 孫 小坂 拓也
        if len(surname) == 1 and self.plain[at - 1 : at].isdigit():
            return None  # 第18条 会員
        size, given = given_prefix(token[0], is_guessed=True, is_continental=surname in _CONTINENTAL)
        if not size and grade == 3 and self._ends_as_given(token.start(), token.end()):
            size, given = 2, 1
        if not size and grade >= 2:
            size, given = self._told_given(at, token.start(), token[0])
        if not size and grade >= 2 and len(token[0]) == 1 and self.written[token.start()] != token[0]:
            size, given = 1, 2  # an old glyph: 圓 is no yen
        if not size:
            return None
        if surname in _OF_CLAUSES and self.lists.given.get(token[0][:size], 0) < 2:
            return None  # 条 over 内容 in a table of clauses
        if not grade and len(surname) > 1 and gap[0] != "\t" and self._is_read_as_surname(at, end):
            grade = 2
        is_told = not grade and (
            self.label_before(at) != "" or (len(surname) == 1 and self.follower(token.start() + size) == "honorific")
        )
        if not grade and (
            gap[0] == "\t"
            or surname in _NO_SURNAMES
            or (given < 3 and not is_told and not self._may_be_surname(at, end))
            or (given < 2 and self._are_words(at, end, token.start(), token.start() + size))
        ):
            return None
        if given == 1 and token[0][:size] in SINGLE_GIVEN and (grade != 1 or is_told):
            given = 2
        return Sighting(at, end, token.start(), token.start() + size, grade, given)

    def _surname_at_end(self, start: int, end: int) -> tuple[int, int] | None:
        """The surname a run of kanji is, or ends with after a word for what the person is."""
        surnames = self.lists.surnames
        run = self.plain[start:end]
        if len(run) <= 5 and (grade := surnames.get(run, 0)) > (len(run) == 1):
            return start, grade
        if run in _CONTINENTAL:
            return start, 1
        if len(run) == 1:
            return start, 0
        for size in (3, 2, 4):
            if size < len(run) and (surnames.get(run[-size:], 0) >= 2) and is_prefix(run[:-size]):
                return end - size, surnames[run[-size:]]
        return (start, 0) if 2 <= len(run) <= 4 else None

    def _ends_as_given(self, start: int, end: int) -> bool:
        """Whether two unlisted kanji behind a common surname end as given names do, and are no word."""
        return end - start == 2 and self.plain[end - 1] in _GIVEN_ENDS and self.is_no_word(start, end)

    def _told_given(self, at: int, start: int, token: str) -> tuple[int, int]:
        """Two unlisted kanji behind a surname that are no word, where a label or a title says that it is a person."""
        end = start + 2
        if RUN.fullmatch(token[:2]) is None or len(token) < 2 or token[:2] in NOT_GIVEN or token[1] in PLACE_ENDS:
            return 0, 0
        is_titled = AFTER_NAME.match(self.plain, end) is not None
        if (len(token) > 2 and not is_titled) or not self._may_be_given(start, end):
            return 0, 0
        return (2, 1) if is_titled or self.label_before(at) else (0, 0)

    def _is_read_as_surname(self, start: int, end: int) -> bool:
        """Whether Sudachi reads a surname there."""
        word = self._words_at(start).get(start)
        return word is not None and word.end == end and word.sort == "surname"

    def _may_be_surname(self, start: int, end: int) -> bool:
        """Whether kanji in no list may be a rare surname: they are no word of the language but, at most, a place."""
        before = self.plain[start - 1 : start]
        if self.plain[end - 1] in PLACE_ENDS or (before.isalnum() and not "\u3041" <= before <= "\u3096"):
            return False
        word = self._words_at(start).get(start)
        return word is None or word.end != end or word.sort not in ("noun", "")

    def _are_words(self, at: int, end: int, start: int, stop: int) -> bool:
        """Whether both halves are words of the language and nobody's name: 氏名 国語 数学 are three columns."""
        return not self._may_be_surname(at, end) and not self._may_be_given(start, stop)

    # -- written together

    def _joined(self, start: int, end: int) -> Sighting | None:
        run = self.plain[start:end]
        if not may_hold_name(run):
            return None
        if best := self._split(start, end) or self._as_sudachi_reads(start, end):
            return best
        for at, is_told in surnames_inside(run):
            if (found := self._split(start + at, end)) and (
                is_told or (found.surname + found.given >= 5 and self.sudachi_agrees(found) == 1)
            ):
                return found
            if is_told and (found := self._as_sudachi_reads(start + at, end)):
                return found
        if self.lists.surnames.get(run[:2]) and (found := self._split(start, end, is_guessed=True)):
            return found
        return self._unlisted_surname(start, end)

    def _unlisted_surname(self, start: int, end: int) -> Sighting | None:
        """An unknown family's name before a sure given name, where an honorific or a label says so."""
        if not (4 <= end - start <= 8) or not (
            self.plain[start - 1 : start] in _LABEL_GAP or _HONORIFIC_SOON.search(self.plain, end - 2, end + 3)
        ):
            return None
        for at in range(start + 1, min(start + 4, end - 1)):
            size, given = given_prefix(self.plain[at : min(end, at + 5)])
            given_end = at + size
            is_sure = given == 3 and size > 1 and given_end - start > 3
            if is_sure and (self.follower(given_end) == "honorific" or self.label_before(start)):
                return Sighting(start, at, at, given_end, 0, given)
        return None

    def is_place(self, start: int, end: int) -> bool:
        """Whether Sudachi reads a place's name there."""
        word = self._words_at(start).get(start)
        return word is not None and word.end == end and word.sort == "place"

    def is_no_word(self, start: int, end: int) -> bool:
        """Whether Sudachi knows no word that spans exactly this place."""
        word = self._words_at(start).get(start)
        return word is None or word.end != end

    def _may_be_given(self, start: int, end: int) -> bool:
        """Whether Sudachi knows no word that spans exactly this place but a name."""
        word = self._words_at(start).get(start)
        return word is None or word.end != end or word.sort in _PERSONAL

    def _split(self, start: int, end: int, *, is_guessed: bool = False) -> Sighting | None:
        found = split(self.plain[start:end], is_guessed=is_guessed)
        if found is None:
            return None
        return Sighting(start, start + found.at, start + found.at, start + found.size, found.surname, found.given)

    def _as_sudachi_reads(self, start: int, end: int) -> Sighting | None:
        """A surname and a given name that Sudachi parts where the lists cannot say where the name ends."""
        run = self.plain[start:end]
        surnames = self.lists.surnames
        if len(run) < 3 or not (run[:2] in surnames or run[:3] in surnames):
            return None
        if (len(run) == 3 and run[2] in NOT_GIVEN) or run[2:] in NOT_GIVEN or run[-1] in PLACE_ENDS:
            return None
        words = self._words_at(start)
        surname = words.get(start)
        if surname is None or (surname.sort != "surname" and surnames.get(self.plain[start : surname.end], 0) < 3):
            return None
        given = words.get(surname.end)
        if given is None or given.sort != "given" or given.end > end or given.end - start < 4:
            return None
        return Sighting(start, surname.end, surname.end, given.end, 2, 2)

    def _before_kana(self, start: int, end: int) -> Sighting | None:
        for size in (2, 3, 4):
            at = end - size
            if at < start or self.lists.surnames.get(self.plain[at:end], 0) < 2:
                continue
            if at > start and not is_prefix(self.plain[start:at]):
                continue
            if found := self._kana_given(at, end):
                return found
        return None

    def _kana_given(self, start: int, end: int) -> Sighting | None:
        tail = _KANA_TAIL.match(self.plain, end)
        if tail is None or len(tail[0]) < 2 or _KANA_NO_NAME.match(tail[0]):
            return None
        size, given = given_prefix(tail[0])
        if given < 2:
            return None
        return Sighting(start, end, end, end + size, self.lists.surnames[self.plain[start:end]], given)

    # -- what stands around

    def follower(self, end: int) -> str:
        """``honorific``, ``office``, ``organisation`` or "" after a place."""
        after = AFTER_NAME.match(self.plain, end)
        if after:
            return "honorific" if after["honorific"] else "office"
        return "organisation" if ORGANISATION_AFTER.match(self.plain, end) else ""

    def is_after_organisation(self, start: int) -> bool:
        """Whether 株式会社 or its like stands right before a place."""
        return ORGANISATION_BEFORE.search(self.plain[max(0, start - 8) : start]) is not None

    def label_before(self, start: int) -> str:
        """The label a place is the value of, "" without one."""
        before = self.plain[max(0, start - 16) : start]
        stripped = before.rstrip(_LABEL_GAP)
        for size in range(min(8, len(stripped)), 0, -1):
            if stripped[-size:] in LABELS and (size > 1 or len(stripped) == 1 or not _is_kanji(stripped[-2])):
                return stripped[-size:]
        return ""

    def is_entry(self, start: int, end: int) -> bool:
        """Whether a class stands before a place, or it begins a line, cell or entry and one person's data follow it."""
        if SCHOOL_CLASS.search(self.plain, max(0, start - _MARK_SPAN), start):
            return True
        if ENTRY_AFTER.match(self.plain, end) is None:
            return False
        line = self.plain.rfind("\n", max(0, start - _MARK_SPAN), start) + 1 or max(0, start - _MARK_SPAN)
        mark = self.plain[line:start]
        return not mark.strip() or mark[-1] == "\t" or LIST_MARK.fullmatch(mark) is not None

    def is_listed(self, start: int, end: int) -> bool:
        """Whether the line is an entry of a list, or holds somebody's data beside the name."""
        begin = line_start(self.plain, start)
        after = self.plain[end : end + _ITEM_SPAN].split("\n", 1)[0]
        if start - begin < 13:
            mark = self.plain[begin:start]
            if LIST_MARK.fullmatch(mark) or not (mark.strip() or after.strip()):
                return True
        if SCHOOL_CLASS.search(self.plain, max(begin, start - 10), start):
            return True
        before = self.plain[max(begin, start - _ITEM_SPAN // 2) : start]
        return PERSONAL_ITEM.search(after) is not None or PERSONAL_ITEM.search(before) is not None

    def sudachi_agrees(self, found: Sighting) -> float:
        """How far Sudachi reads a person there: 1 where its words are those of the name and the last is a person's.

        0.5 where it has the surname, and words it does not know as names end where a name of the lists does.
        """
        words = self._words_at(found.start)
        word = first = words.get(found.start)
        while word is not None and word.end <= found.end:
            if word.end == found.end:
                if word.sort in _PERSONAL:
                    return 1.0
                is_surname = first is not None and first.sort == "surname" and first.end == found.surname_end
                return 0.5 if is_surname and (word.sort == "noun" or word.end - word.start == 1) else 0.0
            word = words.get(word.end)
        return 0.0

    def _words_at(self, place: int) -> dict[int, morphology.Word]:
        """Sudachi's words around a place by their start; each stretch of text is read once."""
        line = self.plain.rfind("\n", max(0, place - LINE_MAX), place) + 1
        begin = line + (place - line) // 120 * 120
        found = self._words.get(begin)
        if found is None:
            from_ = max(line, begin - 20)
            stop = self.plain.find("\n", from_, begin + 150)
            text = self.written[from_ : stop if stop >= 0 else begin + 150]
            words = (morphology.Word(w.start + from_, w.end + from_, w.sort) for w in morphology.words(text))
            found = self._words[begin] = {word.start: word for word in words}
        return found


def _is_kanji(character: str) -> bool:
    return RUN.fullmatch(character) is not None
