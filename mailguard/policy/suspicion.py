"""Signs that an address is not the one that was meant. Pure; each says what it compares and what it leaves alone."""

from __future__ import annotations

import re
import unicodedata

from mailguard.mime.addresses import mailboxes_of
from mailguard.model.address import comparable, domain_of, local_part
from mailguard.model.knowledge import Knowledge
from mailguard.policy.directory import Directory
from mailguard.policy.greeting import Greeting, organisation_name
from mailguard.policy.lookalike import Resemblance, is_mixed, resemblance
from mailguard.policy.organisations import organisation_of
from mailguard.policy.people import People, full_name

_ROLES = frozenset({
    "info", "mail", "office", "admin", "webmaster", "postmaster", "support", "help", "contact", "inquiry",
    "otoiawase", "toiawase", "sales", "eigyo", "order", "orders", "juchu", "recruit", "saiyo", "jinji", "soumu",
    "somu", "shomu", "jimu", "keiri", "kikaku", "koho", "kouhou", "kyomu", "kyoumu", "renraku", "yoyaku",
    "reserve", "reservation", "stay", "dantai", "houjin", "hojin", "kanyu", "honsha", "shiten", "jimukyoku",
    "secretary", "staff", "all", "group", "team", "ml", "list", "news", "noreply", "no-reply", "front",
    "uketsuke", "kaikei", "gyomu", "gyoumu", "system", "service", "customer", "cs", "master", "pta", "school",
    "kocho", "koucho", "kyoto", "kyotou", "kaigi", "seikyu", "billing",
})  # fmt: skip
_ROLE_STEM = re.compile(r"[\d._-]+$")
_LOCAL_MIN = 5
"""Letters of a local part that tells one person from others; shorter ones are surnames or initials of many."""

ESTABLISHED = 3
"""Mails after which a domain is known in its own right, however it looks."""


def resembles(domain: str, knowledge: Knowledge, directory: Directory) -> tuple[str, Resemblance] | None:
    """The known domain this one may have been mistaken for; stated domains weigh most, then those with most mail."""
    if domain in directory.stated_domains or organisation_of(domain) in directory.stated_domains:
        return None
    mails = knowledge.by_domain.get(domain, 0)
    if mails >= ESTABLISHED:
        return None
    candidates = dict.fromkeys(directory.stated_like(domain), ESTABLISHED * (mails + 1))
    candidates.update(knowledge.resembling.get(domain, {}))
    found = [
        (seen, known, how)
        for known, seen in candidates.items()
        if seen > mails * ESTABLISHED and (how := resemblance(domain, known)) is not None
    ]
    if found:
        # By weight, then by name: never by the order in which things were learned.
        _, known, how = max(found, key=lambda one: (one[1] in directory.own, one[0], one[1]))
        return known, how
    return (domain, Resemblance.MIXED_SCRIPT) if is_mixed(domain) else None


def known_elsewhere(address: str, people: People, knowledge: Knowledge) -> str | None:
    """A known address of what seems to be the same person elsewhere, as autocompletion offers it; None where none.

    Role addresses (``info@``) are many people's; an address that gets this mail as well was meant.
    """
    here = {*people.envelope, *people.visible}
    candidates = list(knowledge.same_name.get(address, ()))
    if is_personal(local_part(address)):
        candidates += knowledge.same_local_part.get(address, ())
    fitting = {one for one in candidates if one not in here and domain_of(one) != domain_of(address)}
    return min(fitting, default=None)


def is_personal(local: str) -> bool:
    """Whether a local part is likely to be one person's."""
    stem = _ROLE_STEM.sub("", local)
    return len(local) >= _LOCAL_MIN and stem not in _ROLES and not local.isdigit()


def is_senders_own(address: str, shown: str, people: People, is_private: bool) -> bool:
    """Whether it looks like the sender's own private mailbox: same name shown, or same local part but for initials."""
    if not is_private:
        return False
    author = people.author or people.sender
    name = full_name(people.author_name)
    if name and name == full_name(shown):
        return True
    if any(comparable(box.address) in (author, people.sender) for box in mailboxes_of(shown.encode())):
        return True
    ours = re.sub(r"[\d._-]", "", local_part(author))
    if len(ours) < 4 or ours in _ROLES:
        return False
    pieces = [piece for piece in re.split(r"[._-]|\d+", local_part(address)) if piece]
    rest = "".join(pieces).replace(ours, "", 1) if ours in "".join(pieces) else None
    return rest is not None and len(rest) <= 2


def shows_other_address(address: str, shown: str) -> bool:
    """Whether the display name is an address, and another one than mail goes to."""
    if "@" not in unicodedata.normalize("NFKC", shown):
        return False
    boxes = [comparable(box.address) for box in mailboxes_of(shown.encode())]
    return bool(boxes) and address not in boxes


def greets_somebody_else(greeting: Greeting, people: People, knowledge: Knowledge) -> bool:
    """Whether the first lines greet an organisation or person that no recipient is.

    Says yes only where the recipients' own names are known; a name nobody can compare proves nothing.
    """
    if not people.outsiders or len(people.outsiders) > 3:
        return False
    if greeting.key and knowledge.greeted:
        here = {organisation_of(domain_of(one)) for one in people.envelope}
        if not here & {organisation_of(domain_of(one)) for one in knowledge.greeted}:
            return True
    everybody = list(dict.fromkeys((*people.envelope, *people.visible)))
    shown = {one: _names(one, people, knowledge) for one in everybody}
    if greeting.persons and all(shown[one] for one in people.outsiders):
        names = [name for found in shown.values() for name in found]
        texts = "".join(unicodedata.normalize("NFKC", name) for name in people.visible.values())
        return not any(
            name.startswith(person) or person.startswith(name) or person in texts
            for person in (*greeting.persons, *greeting.words)
            for name in names
        )
    if greeting.organisations and not greeting.persons and len(people.outsiders) == 1:
        name = organisation_name(people.visible.get(people.outsiders[0], "")).partition(" ")[0]
        return bool(name) and not any(_overlap(name, one) for one in greeting.organisations)
    return False


def _names(address: str, people: People, knowledge: Knowledge) -> set[str]:
    found = set(knowledge.names.get(address, ()))
    name = full_name(people.visible.get(address, ""))
    return found | ({name} if name else set())


def _overlap(one: str, other: str) -> bool:
    """Whether two names of organisations may be the same: two neighbours in common, beyond common words."""
    plain = [
        re.sub(r"小学校|中学校|高等学校|学校|銀行|ホテル|会社|センター|事務室|支店|保険|生命|[係課部室]$", "", name)
        for name in (one, other)
    ]
    if not all(plain):
        return True
    return any(plain[0][at : at + 2] in plain[1] for at in range(max(1, len(plain[0]) - 1)))
