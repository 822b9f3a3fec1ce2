"""Who gets a mail and who sees whom, from envelope and headers together."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from mailguard.mime.addresses import BCC_FIELDS, VISIBLE_FIELDS, Mailbox
from mailguard.mime.message import Message
from mailguard.model.address import comparable, domain_of
from mailguard.policy.directory import Directory

_ROLE_WORDS = re.compile(
    r"窓口|[係課部局室]$|[係課部局室]\b|担当|事務|営業|センター|学校|会社|[法財社]人|[㈱(]|店$|受付|予約|本部|支部|組合|協会|銀行|ホテル"
    r"|代表|連絡|サポート|御中|各位|グループ|チーム|先生方|info|support|office|sales|desk|team|group",
    re.IGNORECASE,
)
_NAME = re.compile(r"[぀-ヿ々〆一-鿿豈-﫿\U00020000-\U0003ffff]{3,12}")
"""A Japanese full name without its blank: three characters or more, since two are a surname alone too often."""


@dataclass(frozen=True)
class People:
    """Everybody a mail concerns. All addresses comparable.

    ``envelope``: forward-paths in order. ``visible``: whom the header shows as recipients, with the name shown.
    ``bcc``: whom a ``Bcc:`` header that was left in shows. ``outsiders``: envelope recipients outside the office;
    ``visible_outsiders``: outsiders that everybody sees, in the header or as attendees of an invitation;
    ``header_outsiders`` those of the header alone. ``groups`` and ``private`` name organisations and private people:
    one person's two mailboxes under one full name are one.
    """

    sender: str
    author: str
    author_name: str
    envelope: tuple[str, ...]
    visible: dict[str, str]
    bcc: dict[str, str]
    outsiders: tuple[str, ...]
    visible_outsiders: tuple[str, ...]
    header_outsiders: tuple[str, ...]
    groups: frozenset[str]
    private: frozenset[str]

    @property
    def outside_domains(self) -> list[str]:
        """The domains of outside envelope recipients, each once."""
        return list(dict.fromkeys(domain_of(one) for one in self.outsiders if domain_of(one)))

    @property
    def named(self) -> dict[str, str]:
        """Outsiders with their full names, or "" where none is shown."""
        everybody = dict.fromkeys((*self.outsiders, *self.visible_outsiders))
        return {address: full_name(self.visible.get(address, "")) for address in everybody}


def people_of(
    message: Message,
    reverse_path: str,
    forward_paths: list[str],
    directory: Directory,
    attendees: frozenset[str] = frozenset(),
) -> People:
    """Everybody a mail concerns; an envelope recipient is never lost, whatever the header looks like."""
    envelope = tuple(dict.fromkeys(comparable(path) for path in forward_paths))
    shown = [box for field in message.all(*VISIBLE_FIELDS) for box in field.mailboxes]
    visible = _by_address(shown)
    hidden_spellings = _spelled_out(message, envelope, visible)
    visible.update(dict.fromkeys(hidden_spellings, ""))
    author = next((box for field in message.all("From", "Resent-From") for box in field.mailboxes), Mailbox("", ""))
    header_outsiders = tuple(one for one in visible if directory.is_outside(one))
    exposed = dict.fromkeys((*header_outsiders, *sorted(one for one in attendees if directory.is_outside(one))))
    groups = {one: directory.people_group(one) for one in exposed}
    persons = {one: full_name(visible.get(one, "")) or one for one, group in groups.items() if group == one}
    return People(
        sender=comparable(reverse_path),
        author=comparable(author.address),
        author_name=author.name,
        envelope=envelope,
        visible=visible,
        bcc=_by_address([box for field in message.all(*BCC_FIELDS) for box in field.mailboxes]),
        outsiders=tuple(one for one in envelope if directory.is_outside(one)),
        visible_outsiders=tuple(exposed),
        header_outsiders=header_outsiders,
        groups=frozenset(persons.get(one, group) for one, group in groups.items()),
        private=frozenset(persons.values()),
    )


def full_name(shown: str) -> str:
    """A Japanese full name without blanks and titles; "" where what is shown is no person's full name."""
    text = unicodedata.normalize("NFKC", shown)
    text = re.sub(r"\s*(様|さま|さん|殿|先生|氏)$", "", text.strip())
    words = text.split()
    if len(words) > 2:
        # A department or a title stands in front of surname and given name.
        text = " ".join(words[-2:])
    if _ROLE_WORDS.search(text):
        return ""
    compact = "".join(text.split())
    return compact if _NAME.fullmatch(compact) else ""


def _by_address(boxes: list[Mailbox]) -> dict[str, str]:
    found: dict[str, str] = {}
    for box in boxes:
        address = comparable(box.address)
        if address not in found:
            found[address] = box.name
        elif box.name and box.name != found[address]:
            found[address] = max(found[address], box.name, key=_says)
    return found


def _says(name: str) -> tuple[bool, bool, str]:
    """How much a name says; of two beside one mailbox that one counts, whichever stands first."""
    return "@" in name, bool(full_name(name)), name


def _spelled_out(message: Message, envelope: tuple[str, ...], visible: dict[str, str]) -> list[str]:
    """Envelope recipients whose address stands in a visible field all the same, where no parser would look for it."""
    missing = [one for one in envelope if one and one not in visible]
    if not missing:
        return []
    shown = " ".join(field.text for field in message.all(*VISIBLE_FIELDS)).lower()
    shown += " " + " ".join(field.value.decode("latin-1") for field in message.all(*VISIBLE_FIELDS)).lower()
    in_names = " ".join(visible.values()).lower()
    words = set(re.split(r"[\s<>(),;:\"']+", shown)) - set(re.split(r"[\s<>(),;:\"']+", in_names))
    return [one for one in missing if one in words]
