"""The office's policy folder as a ``RuleSet``, or a list of complaints that says what to mend where: all or nothing.

A folder holds ``office.yaml`` (whom the office knows, when it is there, exceptions), ``providers.yaml`` (free-mail and
carrier domains) and a file for each set of rules, which may include others. Every complaint reads
``file:line: sentence``. The version of a set is a hash of every file that was read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from mailguard.config.document import Document, read_document
from mailguard.config.places import Place
from mailguard.config.suggestion import did_you_mean
from mailguard.errors import ConfigurationError
from mailguard.policy.directory import Directory
from mailguard.policy.office_file import read_office, read_providers
from mailguard.policy.office_hours import OfficeHours
from mailguard.policy.reading import Reader
from mailguard.policy.rule_file import read_rules
from mailguard.policy.rules import Rule, RuleSet

OFFICE_FILE = "office.yaml"
PROVIDERS_FILE = "providers.yaml"
FILE_BYTES_MAX = 4 * 1024 * 1024
INCLUDES_MAX = 20


@dataclass(frozen=True)
class LoadedPolicy:
    """A set of rules with the files it came from. ``advice``: what is unwise but stops nothing."""

    rules: RuleSet
    files: tuple[Path, ...]
    advice: tuple[str, ...]


@dataclass
class _Files:
    """What has been read so far."""

    folder: Path
    paths: list[Path] = field(default_factory=list)
    digest: Any = field(default_factory=sha256)
    complaints: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)

    def read(self, name: str) -> Reader | None:
        """One file; None where it cannot be read, with a complaint."""
        path = self.folder / name
        try:
            octets = path.read_bytes()
        except OSError as error:
            self.complaints.append(f"{path}:1: cannot be read ({error.strerror})")
            return None
        if len(octets) > FILE_BYTES_MAX:
            self.complaints.append(f"{path}:1: is far too large for rules")
            return None
        try:
            text = octets.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = octets.count(b"\n", 0, error.start) + 1
            self.complaints.append(f"{path}:{line}: the file must be saved as UTF-8")
            return None
        self.paths.append(path)
        self.digest.update(f"{name}\0{len(octets)}\0".encode() + octets)
        document = read_document(text)
        self.complaints += [f"{path}:{line}: {sentence}" for line, sentence in document.complaints]
        return Reader(path, document, self.complaints)


def load_policy(folder: Path, name: str, own: Directory, hold_minutes: float, today: date) -> LoadedPolicy:
    """The set ``name`` of a folder. ``own``: the office's own domains, which the settings name.

    Raises ``ConfigurationError`` with every complaint.
    """
    files = _Files(folder)
    directory, hours = own, OfficeHours()
    office = files.read(OFFICE_FILE) if (folder / OFFICE_FILE).exists() else None
    if office is not None:
        directory, hours = read_office(office, directory)
    providers = files.read(PROVIDERS_FILE) if (folder / PROVIDERS_FILE).exists() else None
    if providers is not None:
        directory = read_providers(providers, directory)
    rules, observes = _rules(files, name, directory, hours)
    _cross_check(files, office, directory, rules, today)
    if not rules and not files.complaints:
        files.complaints.append(f"{folder / name}.yaml:1: there is no rule in this set; every mail would leave at once")
    if files.complaints:
        raise ConfigurationError(files.complaints)
    version = files.digest.hexdigest()[:12]
    made = RuleSet(name, version, tuple(rules), directory, hours, observes, hold_minutes)
    return LoadedPolicy(made, tuple(files.paths), tuple(files.advice))


def sets_in(folder: Path) -> list[str]:
    """The names of the sets a folder offers."""
    return sorted(path.stem for path in folder.glob("*.yaml") if path.name not in (OFFICE_FILE, PROVIDERS_FILE))


def _rules(files: _Files, name: str, directory: Directory, hours: OfficeHours) -> tuple[list[Rule], bool]:
    rules: list[Rule] = []
    observes = False
    seen: dict[str, str] = {}
    todo, done = [(name, f"{files.folder}:1")], set[str]()
    while todo:
        current, asked_at = todo.pop(0)
        if current in done:
            continue
        if len(done) == INCLUDES_MAX:
            files.complaints.append(f"{asked_at}: '{name}' includes more than {INCLUDES_MAX} files")
            break
        done.add(current)
        if not (files.folder / f"{current}.yaml").exists():
            offered = sets_in(files.folder)
            near = did_you_mean(current, offered)
            there = ", ".join(offered) or "none"
            files.complaints.append(f"{asked_at}: there is no set of rules '{current}'{near}; there are: {there}")
            continue
        reader = files.read(f"{current}.yaml")
        if reader is None:
            continue
        found = read_rules(reader, directory, hours)
        for rule in found.rules:
            if rule.id in seen:
                files.complaints.append(f"{rule.place}: the rule '{rule.id}' is already in {seen[rule.id]}")
            seen[rule.id] = rule.place
        rules += found.rules
        observes = observes or (current == name and found.observes)
        todo += [(one, reader.at(("include", number))) for number, one in enumerate(found.include)]
    return rules, observes


def _cross_check(files: _Files, office: Reader | None, directory: Directory, rules: list[Rule], today: date) -> None:
    """What only all files together can show."""
    names = [rule.id for rule in rules]
    for number, exemption in enumerate(directory.exemptions):
        place: Place = ("exceptions", number, "rule")
        if exemption.rule not in names and office is not None:
            near = did_you_mean(exemption.rule, names)
            files.advice.append(
                f"{office.at(place)}: the exception '{exemption.name}' is for a rule that is not in this set: "
                f"'{exemption.rule}'{near}"
            )
        if exemption.until < today and office is not None:
            files.advice.append(f"{office.at(place)}: the exception '{exemption.name}' ended on {exemption.until}")


__all__ = ["Document", "LoadedPolicy", "load_policy", "sets_in"]
