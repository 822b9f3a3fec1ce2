"""Values in the columns of a table: a header says what stands below it, a label what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from mailguard.inspection.bare_numbers import kind_of_numbers
from mailguard.inspection.column_kinds import (
    CONTENT_ROWS_MIN,
    are_amounts,
    is_of_payroll,
    kind_of_column,
    of_three_cells,
    said_around,
)
from mailguard.inspection.holders import names_firm
from mailguard.inspection.ja.person_name import (
    FULL_NAME_HEADERS,
    GIVEN_HEADERS,
    KANA_HEADERS,
    SURNAME_HEADERS,
    cell_name,
    is_full_name,
    is_surname,
)
from mailguard.inspection.letters import ORGANISATION
from mailguard.inspection.tables import Cell, Header, Table, headers_of
from mailguard.inspection.text import Candidate, Detector, header_key
from mailguard.model.finding import Because, Evidence, Kind

_TOGETHER = frozenset(("surname", "given", "kana", "full", "acting", Kind.POSTAL_ADDRESS))
"""Roles whose values rest on other cells of the row."""
ACTING = "acting"
"""Role of a column of people who act in their work: authors, lecturers, those in charge."""

READING = "reading"
"""Kind of what only takes its characters: the reading of a name that stands beside it."""

_SURE = 0.95
_BY_CONTENT = 0.8
_KEPT_MAX = 60
"""Characters of a header key whose role is kept."""

_NAME_SHARE = 0.6
_SURE_NAME = 0.9
_CONTENT_LOOK = 60

OFFICE_PEOPLE = re.compile(
    r"著者|編者|編著|訳者|作者|作家|監修|監督|出演|演者|指揮|発表者|登壇|校長|園長|所属長|担当|講師|代表|責任者|理事|顧問|窓口|発行|承認|作成者|記入者|審査|管理者"
)
"""In a column's name: the people below it act in their work."""

OFFICE_DATA = re.compile(
    r"学校|勤務先|会社|所属|事業所|施設|店舗|代表|取引先|納品|会場|宿泊先|病院|医療機関|公署|本店|支店|内線|直通|office|work|company",
    re.IGNORECASE,
)
"""In a column's name: the addresses and telephones below it are an organisation's."""

_ORGANISATION_COLUMN = re.compile(
    r"^(?:名称|校名|園名|社名|院名|館名|店名|局名|拠点名?|支店名?|支部名?|営業所名?|部署名?|窓口名?|施設|物件名?|宿泊施設|学校名?|会社名?|企業名?|団体名?|施設名?|事業所名?|店舗名?|法人名|機関名|医療機関名?|病院名|取引先名?|業者名?|宿名|ホテル名|company|school|organi[sz]ation)$"
)
_PAY = re.compile(
    r"kyu?uyo|kyuryo|shoyo|給与|給料|賃金|報酬|謝金|謝礼|賞与|手当|支払調書|源泉|俸給|年収|月収|salary|payroll",
    re.IGNORECASE,
)
_ANY_AMOUNT = re.compile(
    r"(?:お|ご)?(?:支払|支給|振込|差引|総|合計)?(?:金)?額|金額|(?:支給)?[月日年]額(?:支給)?|amount"
)
"""Names of columns for amounts of every sort; pay only where the table is about pay."""

_NO_PAY = re.compile(r"(?:児童|児童扶養|傷病|出産|休業|失業|基本|求職者|療養|葬祭)手当(?:金|額)?|手当金")
"""Names of columns that end as those of pay: what an insurance or a town pays out."""

_PAID = re.compile(r"講師|発表者|登壇|出演|演者|指揮|監修|理事|顧問|審査")
"""People who act, and are paid for it: in a table of pay they are its matter."""

_EXAMPLE_CELL = re.compile(
    r"[(\[](?:例|見本|サンプル|ex(?:ample)?\.?|sample)[)\]]|記入例|(?<![A-Za-z])e\.g\.", re.IGNORECASE
)
_LABEL_IS_DATA = re.compile(r"\d{3}|\d-\d|\d(?:丁目|番|号)")
_HAS_NUMBER = re.compile(r"\d|[一二三四五六七八九十]+(?:丁目|番|号)")
_OF_ACCOUNT = re.compile("名義|受取人")
_GUARDIAN = re.compile("保護者|世帯主|父|母")
_KANA = re.compile(r"[ぁ-ゖァ-ヺー・A-Za-z]+")
_ACTING_HEADER = re.compile(
    r"^(?:著者|編者|編著者?|訳者|作者|監修者?|監督|出演者?|指揮者?|発表者|登壇者|講師|担当者?|代表者|校長|園長|所長|責任者|窓口|承認者|作成者|記入者|記録者|報告者)名?(?:氏名)?$"
    r"|(?:担当者|責任者|代表者|管理者|校長|講師)(?:氏名|名)?$"
)
_PERSON_HEADER = re.compile(
    r"(?!.*(?:業者|学者|主催者|事業者|医療者|提供者|製造者|設置者|管理者))[^\d]{2,6}(?:者|人|児|生徒|学生)名?"
)
_NO_NAME = re.compile(
    r"続柄|性別|年齢|備考|職業|印|㊞|学年|組|自署|捺印|署名|記入欄|本人|保護者|合計|小計|計|なし|無|未定|同上|以上|(?:男|女)(?:性)?|[〃―-]+"
    r"|[^ ]{0,6}(?:内容|事項|理由|方法|日時|希望|種別|区分|科目|種目|金額|度額|項目"
    r"|目的|期間|状況|番号|経路|手段|様式)(?: 金)?|支払い?|金 ?額"
)
"""What stands in columns of names and is none."""

_ACCOUNT_TYPE = re.compile(r"普通|当座|貯蓄|普|当|フツウ|トウザ")
_MEANINGLESS = re.compile(r"(?:列|項目|欄|カラム|フィールド|[a-z]|col|column|field|unnamed|item|data)?\d{0,3}")
"""Names of columns that a program gave, or nobody."""

_OF_OTHERS = re.compile(
    r"伝票|取引|注文|受付|整理|管理|送り状|追跡|問い?合|予約|契約|証券|商品|製品|法人|電話|fax|郵便|承認"
)
"""In a column's name: the numbers below it are no person's own."""

_DIGIT = re.compile(r"\d")
_SMALL = re.compile(r"[a-z]+[ ,]")
"""Begins with a word in small letters: no name in a column that only its content tells."""

_DIGITS = re.compile(r"\d{4,}|\d+[-/.年]\d+")


class Found(NamedTuple):
    """A value in a table. ``row``: its number in the table; ``is_of_office``: its column is an organisation's."""

    candidate: Candidate
    row: int
    column: int
    is_of_office: bool = False


@dataclass(frozen=True, slots=True)
class TableReading:
    """What was found in a table, and the rows that are organisations', not people's."""

    found: list[Found]
    organisations: frozenset[int]


class Columns:
    """Which column names mean what, from the detectors in force."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        """Where two give a column of one name, the first one does it."""
        self._detectors: dict[str, Detector] = {}
        self._roles: dict[str, str] = {}
        self._is_pay = False
        for number, detector in enumerate(detectors):
            role = detector.kind if detector.kind not in self._detectors else f"{detector.kind}:{number}"
            self._detectors[role] = detector
            for header in detector.headers:
                self._roles.setdefault(header, role)
        for headers, role in (
            (FULL_NAME_HEADERS, "full"), (SURNAME_HEADERS, "surname"), (GIVEN_HEADERS, "given"), (KANA_HEADERS, "kana"),
        ):  # fmt: skip
            self._roles.update(dict.fromkeys(headers, role))
        if Kind.SALARY in self._detectors:
            for header in (
                "支払額", "支払金額", "支給額", "振込額", "差引支給額", "月額", "日額", "手当", "手当額", "手当金額",
            ):  # fmt: skip
                self._roles.setdefault(header, Kind.SALARY)
        self._longest = max(map(len, self._roles))
        self._short_role_of = lru_cache(maxsize=8192)(self._role_of)

    def read(self, table: Table, about: str = "") -> TableReading:
        """All values of a table whose column or label says what they are. ``about``: words that stand above it."""
        organisations: set[int] = set()
        return TableReading(list(self._found_in(table, about, organisations)), frozenset(organisations))

    def _found_in(self, table: Table, about: str, organisations: set[int]) -> Iterator[Found]:
        self._is_pay = _PAY.search(about) is not None or any(
            _PAY.search(cell.text) for row in table.rows[:4] for cell in row
        )
        self._is_pay = self._is_pay or any(is_of_payroll(row) for row in table.rows[:4])
        headers = headers_of(table, self.role_of, self._is_data)
        bounds = [header.row for header in headers] + [len(table.rows)]
        for header, (_, end) in zip(headers, pairwise(bounds), strict=True):
            yield from self._under(table, header, end, about, organisations)
        first = bounds[0]
        if first >= CONTENT_ROWS_MIN and not headers:
            yield from self._names_by_content(table, 0, first, set(), about)
        if not table.is_typed or len(table.rows) < 200:
            yield from self._labelled(table, {header.row for header in headers})

    # -- by header

    def _under(self, table: Table, header: Header, end: int, about: str, organisations: set[int]) -> Iterator[Found]:
        words = {cell.column: header_key(cell.text) for cell in table.rows[header.row]}
        if header.row > 0:
            # The upper line of a header of two lines, where cells span columns.
            above = {cell.column: header_key(cell.text) for cell in table.rows[header.row - 1]}
            words = {column: above.get(column, "") + word for column, word in words.items()}
        roles = self._by_digits(table, header, end, words, about)
        of_office = {column for column, word in words.items() if OFFICE_DATA.search(word)}
        people = [words.get(column, "") for column, role in roles.items() if role in ("full", "surname", "given")]
        firms = [word for word in words.values() if _ORGANISATION_COLUMN.match(word)]
        is_of_offices = bool(firms) and not people
        if people and all(_OF_ACCOUNT.search(word) for word in people):
            # Beside the names of firms the holders of accounts are no people; beside the branches of banks they are.
            is_of_offices = any("支店" not in word for word in firms)
        has_people = not is_of_offices and (bool(people) or "kana" in roles.values())
        self._is_pay = self._is_pay or Kind.MY_NUMBER in roles.values()
        if is_of_offices:
            of_office = set(words)
            organisations.update(range(header.row + 1, end))
        readers = {
            column: self._reader(role, words.get(column, ""), is_of_office=column in of_office)
            for column, role in roles.items()
            if role not in _TOGETHER or (role == Kind.POSTAL_ADDRESS and column in of_office)
        }
        together = {column: role for column, role in roles.items() if column not in readers or role == Kind.MY_NUMBER}
        for number in range(header.row + 1, end):
            row = table.rows[number]
            for cell in row:
                reader = readers.get(cell.column)
                if reader is not None and (found := reader(cell, number)) is not None:
                    yield found
            if together:
                yield from self._row({cell.column: cell for cell in row}, together, number, words)
        if has_people:
            known = {column for column, word in words.items() if not _MEANINGLESS.fullmatch(word)} | set(roles)
            known |= {column + step for column, role in roles.items() if role == Kind.MY_NUMBER for step in (1, 2)}
            yield from self._beside_names(table, header.row + 1, end, known, about)
        elif not is_of_offices:
            yield from self._names_by_content(table, header.row + 1, end, set(roles), about)

    def _by_digits(self, table: Table, header: Header, end: int, words: dict[int, str], about: str) -> dict[int, str]:
        """The roles of the columns, with those that only the numbers in them tell, or the words around the table."""
        roles = dict(header.roles)
        has_people = any(role in ("full", "surname", "given", "kana") for role in roles.values())
        unsure = {
            column: word
            for column, word in words.items()
            if roles.get(column) in (None, Kind.MEMBER_NUMBER, Kind.STAFF_NUMBER) and not _OF_OTHERS.search(word)
        }
        if not unsure or not has_people:
            return roles
        around = about + "".join(words.values())
        cells: dict[int, list[str]] = {column: [] for column in unsure}
        for number in range(header.row + 1, min(end, header.row + 1 + _CONTENT_LOOK)):
            for cell in table.rows[number]:
                if cell.column in cells:
                    cells[cell.column].append(cell.text)
        for column, values in cells.items():
            kind = kind_of_numbers(values, around)
            if kind is None and column not in roles:
                kind = said_around(values, around, unsure[column])
            if kind is not None and kind in self._detectors:
                roles[column] = kind
        return roles

    def _row(
        self, cells: dict[int, Cell], roles: dict[int, str], number: int, words: dict[int, str]
    ) -> Iterator[Found]:
        """What more than one cell of a row says: names, addresses, a My Number in three cells."""
        surname = given = None
        has_name = False
        kana: list[Cell] = []
        names: list[tuple[Cell, tuple[int, int]]] = []
        places: list[Cell] = []
        for column, role in roles.items():
            cell = cells.get(column)
            if cell is None:
                continue
            if role == "surname":
                surname = cell
            elif role == "given":
                given = cell
            elif role == "kana":
                kana.append(cell)
            elif role == ACTING:
                span = self._name_in(cell)
                if span is not None:
                    yield Found(_candidate(Kind.PERSON_NAME, cell, span, words.get(column, "")), number, column, True)
            elif role == "full":
                span = self._name_in(cell)
                if span is not None:
                    names.append((cell, span))
            elif role == Kind.POSTAL_ADDRESS:
                places.append(cell)
            elif (parts := of_three_cells(cells, column)) is not None:
                grounds = (Evidence(Because.CHECK_DIGIT), Evidence(Because.COLUMN, words.get(column, "")[:20]))
                found = Candidate(Kind.MY_NUMBER, *parts[:2], _SURE, "my_number.column", grounds, parts[2])
                yield Found(found, number, column)
        if places:
            yield from self._address(places, number, words)
        written = [one for one in names if not _KANA.fullmatch(_joined_text(one[0], one[1]))]
        if written and all(_GUARDIAN.search(words.get(cell.column, "")) for cell, _ in written):
            # Beside its parent, a child in kana is no reading.
            written = names
        for cell, span in written or names:
            has_name = True
            word = words.get(cell.column, "")
            found = _candidate(Kind.PERSON_NAME, cell, span, word)
            yield Found(found, number, cell.column, self._is_acting(word))
        kana.extend(cell for cell, span in names if written and (cell, span) not in written)
        if surname is not None and given is not None and not has_name:
            has_name = True
            yield _joined(surname, given, number)
        if kana:
            yield from _readings(kana, number, has_name=has_name)

    def _address(self, places: list[Cell], number: int, words: dict[int, str]) -> Iterator[Found]:
        """An address that is divided among columns is one; what has no number yet goes on in the next."""
        check = self._detectors[Kind.POSTAL_ADDRESS].cell if Kind.POSTAL_ADDRESS in self._detectors else None
        if check is None:
            return
        start: tuple[Cell, int] | None = None
        value = ""
        for cell in places:
            span = check(cell.text) if header_key(cell.text) not in self._roles else None
            if span is None:
                continue
            start = start or (cell, cell.start + span[0])
            value += "".join(cell.text[slice(*span)].split()).replace("-", "")
            if not _HAS_NUMBER.search(cell.text) and cell is not places[-1]:
                continue
            evidence = (Evidence(Because.COLUMN, words.get(start[0].column, "")[:20]),)
            found = Candidate(
                Kind.POSTAL_ADDRESS, start[1], cell.start + span[1], _SURE, "postal_address.column", evidence, value
            )
            yield Found(found, number, start[0].column)
            start, value = None, ""

    def _name_in(self, cell: Cell) -> tuple[int, int] | None:
        """The span of a name in a cell; None where the cell holds a label or an office."""
        if _NO_NAME.fullmatch(cell.text) or names_firm(cell.text):
            return None
        if ORGANISATION.search(cell.text) and not is_surname(cell.text.split(" ")[0]):
            return None
        if self.role_of(header_key(cell.text)) is not None:
            return None
        return cell_name(cell.text)

    def _reader(self, role: str, word: str, *, is_of_office: bool) -> Callable[[Cell, int], Found | None] | None:
        """What finds the values of a column that its cells say alone; None where there are none."""
        detector = self._detectors[role]
        check, normal = detector.cell, detector.normal
        if check is None or (role == Kind.SALARY and self._is_no_pay(word)):
            return None
        rule, evidence = _ground(detector.kind, Because.COLUMN, word[:20])

        def read(cell: Cell, number: int) -> Found | None:
            text, start, column = cell
            span = check(text)
            if span is None or _EXAMPLE_CELL.search(text):
                return None
            value = normal(text[span[0] : span[1]]) if normal is not None else ""
            found = Candidate(detector.kind, start + span[0], start + span[1], _SURE, rule, evidence, value)
            return Found(found, number, column, is_of_office)

        return read

    def _is_no_pay(self, word: str) -> bool:
        """Whether a column for amounts is none of pay: of amounts of any sort, or of what an insurance pays out."""
        return _NO_PAY.search(word) is not None or (_ANY_AMOUNT.fullmatch(word) is not None and not self._is_pay)

    def _is_acting(self, word: str) -> bool:
        """Whether the people below a column's name act in their work and are not those who are paid for it."""
        return OFFICE_PEOPLE.search(word) is not None and not (self._is_pay and _PAID.search(word))

    # -- by label

    def _labelled(self, table: Table, headers: set[int]) -> Iterator[Found]:
        """Forms: a cell that is the name of a column, and the value in the next cell of its row."""
        for number, row in enumerate(table.rows):
            if number in headers or len(row) < 2:
                continue
            for label, cell in pairwise(row):
                if len(label.text) > 24 or cell.column - label.column > 3 or _LABEL_IS_DATA.search(label.text):
                    continue
                key = header_key(label.text)
                role = self.role_of(key) if key else None
                if role in ("surname", "given", "kana") or role is None or self.role_of(header_key(cell.text)):
                    continue
                if role in ("full", ACTING):
                    span = self._name_in(cell)
                    if span is not None:
                        found = _candidate(Kind.PERSON_NAME, cell, span, key, Because.LABEL)
                        yield Found(found, number, cell.column, role == ACTING or self._is_acting(key))
                    continue
                if role == Kind.SALARY and self._is_no_pay(key):
                    continue
                check = self._detectors[role].cell
                span = check(cell.text) if check is not None and not _EXAMPLE_CELL.search(cell.text) else None
                if span is not None:
                    detector = self._detectors[role]
                    found = _candidate(detector.kind, cell, span, key, Because.LABEL, normal=detector.normal)
                    yield Found(found, number, cell.column, bool(OFFICE_DATA.search(key)))

    # -- by content

    def _names_by_content(self, table: Table, first: int, end: int, known: set[int], about: str) -> Iterator[Found]:
        """Columns without a name most of whose cells are full names."""
        rows = range(first, min(end, first + _CONTENT_LOOK))
        seen: dict[int, list[float]] = {}
        for number in rows:
            for cell in table.rows[number]:
                if cell.column not in known and len(cell.text) <= 16:
                    seen.setdefault(cell.column, []).append(is_full_name(cell.text))
        columns = {
            column
            for column, scores in seen.items()
            if len(scores) >= CONTENT_ROWS_MIN and sum(score >= 0.6 for score in scores) >= _NAME_SHARE * len(scores)
        }
        if columns or self._has_cards(table, rows, known):
            yield from self._beside_names(table, first, end, known | columns, about)
        for number in range(first, end) if columns else ():
            for cell in table.rows[number]:
                if cell.column in columns and (span := cell_name(cell.text)) and not _SMALL.match(cell.text):
                    yield Found(
                        _candidate(Kind.PERSON_NAME, cell, span, "", Because.COLUMN_BY_CONTENT, _BY_CONTENT),
                        number, cell.column,
                    )  # fmt: skip

    @staticmethod
    def _has_cards(table: Table, rows: range, known: set[int]) -> bool:
        """Whether a column holds residence cards, so that the rows are people though no name is known for one."""
        cells: dict[int, list[str]] = {}
        for number in rows:
            for cell in table.rows[number]:
                if cell.column not in known:
                    cells.setdefault(cell.column, []).append(cell.text)
        return any(kind_of_numbers(values, "") == Kind.RESIDENCE_CARD for values in cells.values())

    def _beside_names(self, table: Table, first: int, end: int, known: set[int], about: str) -> Iterator[Found]:
        """Columns without a name, in a table of people: birth dates, and numbers that each has one of."""
        cells: dict[int, list[tuple[int, Cell]]] = {}
        accounts: set[int] = set()
        for number in range(first, end):
            for cell in table.rows[number]:
                if _ACCOUNT_TYPE.fullmatch(cell.text):
                    accounts.add(cell.column + 1)
                if cell.column not in known:
                    cells.setdefault(cell.column, []).append((number, cell))
        for column, members in cells.items():
            kind = None if column in accounts else kind_of_column([cell.text for _, cell in members], about)
            if kind is None and self._is_pay and are_amounts([cell.text for _, cell in members]):
                kind = Kind.SALARY
            if kind is None or kind not in self._detectors:
                continue
            detector = self._detectors[kind]
            for number, cell in members:
                span = detector.cell(cell.text) if detector.cell is not None else None
                if span is not None:
                    found = _candidate(kind, cell, span, "", Because.COLUMN_BY_CONTENT, 0.7, detector.normal)
                    yield Found(found, number, column)

    # -- words

    def role_of(self, key: str) -> str | None:
        """What a column of this header key holds, None where nobody knows."""
        return self._short_role_of(key) if len(key) <= _KEPT_MAX else self._role_of(key)

    def _role_of(self, key: str) -> str | None:
        if not key:
            return None
        role = self._roles.get(key)
        if role is not None or len(key) < 2:
            return role
        if len(key) <= 8 and _ACTING_HEADER.search(key):
            return ACTING
        if len(key) < 3:
            return None
        if _PERSON_HEADER.fullmatch(key):
            return "full"
        # 申込者氏名, 緊急連絡先電話番号, 生年月日西暦: a known name with words around it.
        for cut in range(max(1, len(key) - self._longest), len(key) - 1):
            role = self._roles.get(key[cut:])
            if role is not None:
                return role
        for cut in range(min(len(key) - 1, self._longest), 1, -1):
            role = self._roles.get(key[:cut])
            if role is not None:
                return role
        return None

    @staticmethod
    def _is_data(word: str) -> bool:
        return _DIGITS.search(word) is not None or "@" in word or is_full_name(word) >= _SURE_NAME


def _candidate(
    kind: str,
    cell: Cell,
    span: tuple[int, int],
    word: str,
    because: Because = Because.COLUMN,
    score: float = _SURE,
    normal: Callable[[str], str] | None = None,
) -> Candidate:
    start, end = span
    rule, evidence = _ground(kind, because, word[:20])
    value = normal(cell.text[start:end]) if normal is not None else ""
    return Candidate(kind, cell.start + start, cell.start + end, score, rule, evidence, value)


@lru_cache(maxsize=1024)
def _ground(kind: str, because: Because, word: str) -> tuple[str, tuple[Evidence, ...]]:
    """Rule and evidence of a column: a sheet has them once, and each of its cells shares them."""
    return f"{kind}.{because.value}", (Evidence(because, word),)


def _joined_text(cell: Cell, span: tuple[int, int]) -> str:
    return "".join(cell.text[slice(*span)].split())


def _joined(surname: Cell, given: Cell, number: int) -> Found:
    """A name in two cells. What lies between them belongs to it only where they are neighbours."""
    is_near = 0 < given.column - surname.column <= 2
    end = given.start + len(given.text) if is_near else surname.start + len(surname.text)
    value = "".join((surname.text + given.text).split())
    candidate = Candidate(
        Kind.PERSON_NAME, surname.start, end, _SURE, "person_name.two_columns", (Evidence(Because.COLUMN),), value
    )
    return Found(candidate, number, surname.column)


def _readings(kana: list[Cell], number: int, *, has_name: bool) -> Iterator[Found]:
    """Readings beside a name are no second person; alone they name one."""
    if has_name:
        for cell in kana:
            yield Found(Candidate(READING, cell.start, cell.start + len(cell.text), 1.0, READING), number, cell.column)
    if has_name or not kana:
        return
    first, last = kana[0], kana[-1]
    value = "".join("".join(cell.text for cell in kana).split())
    if not _KANA.fullmatch(value):
        return
    is_one = first is last or last.column - first.column == 1
    end = last.start + len(last.text) if is_one else first.start + len(first.text)
    if 3 <= len(value) <= 30:
        evidence = (Evidence(Because.COLUMN), Evidence(Because.READING))
        candidate = Candidate(Kind.PERSON_NAME, first.start, end, 0.85, "person_name.reading", evidence, value)
        yield Found(candidate, number, first.column)
