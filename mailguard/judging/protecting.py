"""What an inspection means for protecting the mail: where data stands, and what may be read outside all the same."""

from __future__ import annotations

from mailguard.config import OfficeSettings, ProtectionSettings
from mailguard.model.contents import Obstacle
from mailguard.model.finding import Inspection
from mailguard.policy.facts import Situation
from mailguard.policy.rules import RuleSet
from mailguard.transform.plan import Places


def places_of(inspection: Inspection) -> Places:
    """Where something stands that must not leave in clear, what nobody could look into, and what tells by its name."""
    found = frozenset(one.where for one in inspection.findings if one.suppressed is None)
    unseen = frozenset(one.where for one in inspection.unreadable if one.why is not Obstacle.ENCRYPTED)
    locked = frozenset(one.where for one in inspection.unreadable if one.why is Obstacle.ENCRYPTED)
    telling = {name for name, masked in inspection.masked_names.items() if name != masked}
    names = frozenset(
        top for top in (place.partition("!")[0] for place in found | unseen) if any(name in top for name in telling)
    )
    return Places(found, unseen, locked, names)


def findings_by_place(inspection: Inspection) -> dict[str, tuple[tuple[str, int], ...]]:
    """Kinds that count, with how many values, by the part of the mail they stand in."""
    sums: dict[str, dict[str, int]] = {}
    for one in inspection.findings:
        if one.suppressed is None:
            kinds = sums.setdefault(one.where.partition("!")[0], {})
            kind = str(one.kind)
            kinds[kind] = kinds.get(kind, 0) + one.count
    return {place: tuple(sorted(kinds.items())) for place, kinds in sums.items()}


def own_words(situation: Situation, rules: RuleSet, office: OfficeSettings) -> tuple[str, ...]:
    """Names and addresses of sender, recipients and office, which stand in every mail's header and notice."""
    people = situation.people
    words = [*people.visible, *people.visible.values(), people.author, people.author_name, people.sender]
    words += [*rules.directory.names, office.name, *people.envelope]
    return tuple(dict.fromkeys(word for word in words if word))


def contact_words(office: OfficeSettings, settings: ProtectionSettings) -> tuple[str, ...]:
    """What the office tells everybody in the notice."""
    return tuple(word for word in (office.name, settings.contact) if word)
