"""What looking for personal data has found. Values of ``inspection``; none of them holds a value that was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from mailguard.model.contents import Sign, Unreadable


class Kind(StrEnum):
    """The kinds everybody has; an office's own kinds have ids of their own."""

    PERSON_NAME = "person_name"
    POSTAL_ADDRESS = "postal_address"
    PHONE_NUMBER = "phone_number"
    EMAIL_ADDRESS = "email_address"
    BIRTH_DATE = "birth_date"
    MY_NUMBER = "my_number"
    BASIC_PENSION_NUMBER = "basic_pension_number"
    HEALTH_INSURANCE = "health_insurance"
    DRIVER_LICENSE = "driver_license"
    PASSPORT = "passport"
    RESIDENCE_CARD = "residence_card"
    BANK_ACCOUNT = "bank_account"
    CREDIT_CARD = "credit_card"
    STAFF_NUMBER = "staff_number"
    MEMBER_NUMBER = "member_number"
    SPECIAL_CARE = "special_care"
    SALARY = "salary"
    CREDENTIAL = "credential"
    EMPLOYMENT_INSURANCE = "employment_insurance"
    RESIDENT_CODE = "resident_code"


HARD_KINDS = frozenset(
    {
        Kind.MY_NUMBER, Kind.BASIC_PENSION_NUMBER, Kind.HEALTH_INSURANCE, Kind.DRIVER_LICENSE, Kind.PASSPORT,
        Kind.RESIDENCE_CARD, Kind.BANK_ACCOUNT, Kind.CREDIT_CARD, Kind.SPECIAL_CARE, Kind.EMPLOYMENT_INSURANCE,
        Kind.RESIDENT_CODE,
    }
)  # fmt: skip
"""Kinds that one value of decides, and that are never taken for a signature or a quotation."""


class Because(StrEnum):
    """A ground for or against a finding. The sentences are texts in ``i18n`` with ``{word}`` and ``{distance}``."""

    CHECK_DIGIT = "check_digit"
    SHAPE = "shape"
    GROUPED = "grouped"
    WORD_BEFORE = "word_before"
    WORD_AFTER = "word_after"
    WORD_IN_TEXT = "word_in_text"
    COLUMN = "column"
    COLUMN_BY_CONTENT = "column_by_content"
    LABEL = "label"
    KNOWN_PLACE = "known_place"
    UNKNOWN_PLACE = "unknown_place"
    POSTAL_CODE = "postal_code"
    VALID_NUMBER = "valid_number"
    CALENDAR = "calendar"
    NAME_LIST = "name_list"
    DICTIONARY = "dictionary"
    PART_OF_SPEECH = "part_of_speech"
    HONORIFIC = "honorific"
    READING = "reading"
    NEAR_PERSON = "near_person"
    NEAR_DATA = "near_data"
    SERIES = "series"
    OFFICE_KIND = "office_kind"
    MEMBER_LIST = "member_list"


class Suppression(StrEnum):
    """Why something found does not count."""

    SIGNATURE = "signature"
    GREETING = "greeting"
    QUOTED_HEADER = "quoted_header"
    CORRESPONDENT = "correspondent"
    ORGANISATION = "organisation"
    INVOICE = "invoice"
    OFFICE_HOLDER = "office_holder"
    PUBLIC = "public"
    EXAMPLE = "example"
    ALLOWED = "allowed"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One ground. ``word`` is a word of our dictionaries or of the office's, never one of the mail's values."""

    because: Because
    word: str = ""
    distance: int = 0


KEYS_MAX = 200
"""Values of one finding that are known again by their hash: an incident compares them, a list of thousands needs no
more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind in one place of a mail.

    ``count``: distinct values. ``masked``: the first three, masked; ``keys``: a keyed hash of each, no more than
    ``KEYS_MAX``. ``at``: where inside the place the first ones stand ("line 12", "Sheet1!C5", "page 3").
    ``confidence``: 0 to 1, of the surest. ``suppressed``: why it does not count, None where it does. A kind that counts
    in part is two findings.
    """

    kind: str
    where: str
    count: int
    masked: tuple[str, ...]
    confidence: float
    rule: str
    evidence: tuple[Evidence, ...]
    at: tuple[str, ...] = ()
    keys: tuple[bytes, ...] = ()
    suppressed: Suppression | None = None


@dataclass(frozen=True, slots=True)
class FileList:
    """A list in a file in which somebody the mail is for stands among others: how many others, and where."""

    where: str
    section: str
    other_organisations: int
    other_persons: int
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Inspection:
    """All findings of one mail, what they add up to, and what nobody could look into.

    ``persons``: distinct people the findings that count belong to. ``persons_with_contact``: those of them with an
    address, telephone or birth date beside the name; ``listed_persons``: most names that stand in one list or table.
    ``closing``: keyed hashes of the contact data in the sender's closing block, from which signatures are learned.
    ``counts``: distinct values that count, by kind. ``lists``: those in which somebody the mail is for stands.
    ``labels``: what the office calls those of its own kinds that were found. ``masked_names``: names of files and
    sheets in which something was found, with that masked.
    """

    findings: tuple[Finding, ...] = ()
    persons: int = 0
    named_persons: int = 0
    persons_with_contact: int = 0
    listed_persons: int = 0
    closing: tuple[bytes, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    unreadable: tuple[Unreadable, ...] = ()
    signs: frozenset[Sign] = frozenset()
    lists: tuple[FileList, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    masked_names: dict[str, str] = field(default_factory=dict)


PEOPLE_MAX = 20_000
"""People of one mail that are told apart by name; of a longer list there is only the count."""


@dataclass(frozen=True, slots=True)
class WhoseData:
    """Somebody whose data is in a mail. Unlike findings it holds a value, the name: for incidents, which seal it.

    ``name``: "" for one who is known by a number alone. ``kinds``: what is there of them. ``marks``: keyed hashes of
    numbers and dates by which they are told from others of that name.
    """

    name: str
    kinds: tuple[str, ...] = ()
    marks: frozenset[tuple[str, bytes]] = frozenset()


@dataclass(frozen=True, slots=True)
class People:
    """Whose data is in a mail. ``persons``: no more than ``PEOPLE_MAX`` of the ``count``.

    ``values``: keyed hashes of the distinct values that count, by kind, no more than ``PEOPLE_MAX`` each; ``counts``:
    how many there are.
    """

    persons: tuple[WhoseData, ...] = ()
    count: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    values: dict[str, frozenset[bytes]] = field(default_factory=dict)
    is_unreadable: bool = False
