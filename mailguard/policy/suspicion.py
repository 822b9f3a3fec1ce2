"""Signs that an address is not the one that was meant. Pure; each says what it compares and what it leaves alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from mailguard.model.address import comparable, domain_of, local_part
from mailguard.model.extract import Extract
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
_ADDRESS_SHOWN = re.compile(r"[!#-&*+\-./0-9=?A-Z^-~]+@(?:[\w-]+\.)+[a-z][a-z0-9-]+(?![\w@])", re.IGNORECASE)
_KANJI = re.compile(r"[々〆一-鿿豈-﫿\U00020000-\U0003ffff]")
_GREETING_LINES = 4
_GREETED_MAX = 20
"""Outsiders above which nobody greets them one by one."""

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

    Role addresses (``info@``) are many people's; an address that gets this mail as well was meant; so is one that
    shares its local part with somebody of another full name.
    """
    here = {*people.envelope, *people.visible}
    candidates = list(knowledge.same_name.get(address, ()))
    if is_personal(local_part(address)):
        name = full_name(people.visible.get(address, ""))
        candidates += [
            one
            for one in knowledge.same_local_part.get(address, ())
            if not name or _may_be_named(name, knowledge.names.get(one, frozenset()))
        ]
    fitting = {one for one in candidates if one not in here and domain_of(one) != domain_of(address)}
    return min(fitting, default=None)


def _may_be_named(name: str, known: frozenset[str]) -> bool:
    """Whether a name may be one of those known; one of them may be a surname alone, or have a firm in front."""
    return not known or any(name in one or one in name for one in known)


def is_personal(local: str) -> bool:
    """Whether a local part is likely to be one person's."""
    stem = _ROLE_STEM.sub("", local)
    return len(local) >= _LOCAL_MIN and stem not in _ROLES and not local.isdigit()


def is_senders_own(address: str, shown: str, people: People, greeting: Greeting, is_private: bool) -> bool:
    """Whether it looks like the sender's own private mailbox: same name shown, or same local part but for initials.

    Nobody greets himself, and nobody's own mailbox shows another's full name.
    """
    if not is_private:
        return False
    author = people.author or people.sender
    name, theirs = full_name(people.author_name), full_name(shown)
    if name and name == theirs:
        return True
    if not {author, people.sender}.isdisjoint(_addresses_in(shown)):
        return True
    ours = re.sub(r"[\d._-]", "", local_part(author))
    is_somebodys = bool(greeting.persons) or bool(_KANJI.match(name) and _KANJI.match(theirs))
    if is_somebodys or len(ours) < 4 or ours in _ROLES:
        return False
    pieces = [piece for piece in re.split(r"[._-]|\d+", local_part(address)) if piece]
    if not shown and ours in pieces:
        # A surname with a given name beside it, and nothing that says whose.
        return len(pieces) <= 3
    rest = "".join(pieces).replace(ours, "", 1) if ours in "".join(pieces) else None
    return rest is not None and len(rest) <= 2


def shows_other_address(address: str, shown: str) -> bool:
    """Whether the display name shows an address, and another one than mail goes to."""
    found = _addresses_in(shown)
    return bool(found) and address not in found


def greets_outsider(
    extract: Extract, greeting: Greeting, people: People, knowledge: Knowledge, own: tuple[str, ...]
) -> bool:
    """Whether the first lines greet somebody outside, to whom all the rest is said then; not only a colleague."""
    if any(not any(one in name or name in one for name in own if name) for one in greeting.organisations):
        return True
    if len(people.outsiders) > _GREETED_MAX:
        return False
    lines = [line for line in extract.own_text.split("\n") if line.strip()][:_GREETING_LINES]
    opening = unicodedata.normalize("NFKC", "\n".join(lines))
    head = "\n".join(line for line in opening.split("\n") if not line.rstrip().endswith("。"))
    outside = _called(people.outsiders, people, knowledge)
    inside = _called([one for one in people.visible if one not in people.visible_outsiders], people, knowledge)
    if any(_calls(head, word) for word in outside - inside):
        return True
    # The opening that is said to people outside; colleagues are thanked for their work (お疲れさまです).
    return "お世話にな" in opening and not any(_calls(head, word) for word in inside)


def _calls(head: str, word: str) -> bool:
    name = re.escape(word)
    return bool(
        re.search(rf"{name}\s?\w{{0,4}}?(?:様|さま|さん|先生|殿)(?=$|[\s、,&()/])", head, re.MULTILINE)
        or re.search(rf"^\s*(?:dear|hi|hello)\b.{{0,40}}\b{name}\b", head, re.IGNORECASE | re.MULTILINE)
    )


def _called(addresses: Iterable[str], people: People, knowledge: Knowledge) -> set[str]:
    """What people may be called by: the words of their names, and a surname of two letters."""
    names = {
        unicodedata.normalize("NFKC", name)
        for one in addresses
        for name in (people.visible.get(one, ""), *knowledge.names.get(one, ()))
    }
    words = {word for name in names for word in re.findall(r"[^\s,、()<>\"]+", name) if "@" not in word}
    return words | {word[:2] for word in words if _KANJI.match(word) and len(word) in (3, 4)}


def _addresses_in(shown: str) -> set[str]:
    """Comparable addresses that stand in a display name; ``name@shop``, as people sign themselves, is none."""
    return {comparable(found[0]) for found in _ADDRESS_SHOWN.finditer(unicodedata.normalize("NFKC", shown))}


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
        words = {word for name in people.visible.values() for word in _words_of_family(name)}.union(names)
        return not any(
            name.startswith(person) or person.startswith(name) or person in texts
            for person in greeting.persons
            for name in names
        ) and not any(word.startswith(called) for called in greeting.words for word in words)
    if greeting.organisations and not greeting.persons and len(people.outsiders) == 1:
        name = organisation_name(people.visible.get(people.outsiders[0], "")).partition(" ")[0]
        return bool(name) and not any(_overlap(name, one) for one in greeting.organisations)
    return False


def _words_of_family(shown: str) -> list[str]:
    """The words of a display name but a given name, which people of other families have as well."""
    words = unicodedata.normalize("NFKC", shown).split()
    return words[:-1] if len(words) == 2 and not organisation_name(words[0]) else words


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
