"""How a file and the environment become ``Settings``, or a list of complaints that says what to mend where.

Guarantees: all complaints of one stage are found at once, each as ``file:line: sentence`` or ``VARIABLE: sentence``;
the stages are syntax, then types and names, then secrets and what contradicts. No secret's value is in a complaint.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mailguard.config import crosschecks
from mailguard.config.document import Document, read_document
from mailguard.config.environment import PREFIX, Environment, read_environment
from mailguard.config.files import SettingsFiles
from mailguard.config.places import Complaint, Place, spoken
from mailguard.config.sentences import complaint_of, section_at
from mailguard.config.settings import Settings
from mailguard.errors import ConfigurationError

PATH_VARIABLE = f"{PREFIX}CONFIG"
DEFAULT_PATH = Path("/etc/mailguard/mailguard.yaml")
FILE_BYTES_MAX = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with where they came from. ``advice``: what is unwise but stops nothing, one sentence each."""

    settings: Settings
    path: Path
    advice: list[str]


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of a file (default: ``$MAILGUARD_CONFIG``, then /etc/mailguard/mailguard.yaml), environment first.

    Raises ``ConfigurationError`` with every complaint.
    """
    return load_with_advice(path, environ).settings


def load_with_advice(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Loaded:
    """As ``load``, with what is unwise."""
    environ = os.environ if environ is None else environ
    path = find(path, environ)
    document = read_document(_read(path))
    environment = read_environment(environ)
    origin = _Origin(path, document, environment)
    faults = [f"{path}:{line}: {sentence}" for line, sentence in document.complaints] + environment.complaints
    if faults:
        raise ConfigurationError(faults)
    settings = _validated(_without_empty(_merged(document.values, environment.values)), origin)
    files = SettingsFiles(path.absolute().parent, environ)
    settings = files.finish(settings)
    complaints = [*files.complaints, *_inline_secrets(path, document), *crosschecks.check(settings)]
    # One complaint a place: a secret that could not be read is not missing as well.
    told = {complaint.place for complaint in files.complaints}
    complaints = files.complaints + [complaint for complaint in complaints if complaint.place not in told]
    fatal = [origin.told(complaint) for complaint in complaints if complaint.fatal]
    if fatal:
        raise ConfigurationError(fatal)
    return Loaded(settings, path, [origin.told(complaint) for complaint in complaints])


def find(path: Path | None, environ: Mapping[str, str]) -> Path:
    """The file that is meant: the given one, that of ``$MAILGUARD_CONFIG``, or the default place."""
    return path or Path(environ.get(PATH_VARIABLE) or DEFAULT_PATH)


class _Origin:
    """Knows for each place who set it, and says complaints accordingly."""

    def __init__(self, path: Path, document: Document, environment: Environment) -> None:
        self._path = path
        self._document = document
        self._names = environment.names

    def told(self, complaint: Complaint) -> str:
        """The complaint with its file and line, or its environment variable."""
        place = complaint.place
        sentence = f"{spoken(place)} {complaint.sentence}" if place else complaint.sentence
        for length in range(len(place), 0, -1):
            name = self._names.get(place[:length])
            if name is not None:
                return f"{name}: {sentence}"
        return f"{self._path}:{self._document.line_of(place)}: {sentence}"


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError([f"{path}: there is no such file; 'mailguard setup' writes one"]) from error
    except OSError as error:
        raise ConfigurationError([f"{path}: cannot be read ({error.strerror})"]) from error
    if len(content) > FILE_BYTES_MAX:
        raise ConfigurationError([f"{path}: is far too large for settings"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError([f"{path}:{line}: the file must be saved as UTF-8"]) from error


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Both, section by section; ``above`` wins, and a list wins whole."""
    merged = dict(below)
    for key, value in above.items():
        present = merged.get(key)
        merged[key] = _merged(present, value) if isinstance(present, dict) and isinstance(value, dict) else value
    return merged


def _without_empty(values: dict[str, Any], place: Place = ()) -> dict[str, Any]:
    """The values without sections that have a head line and nothing below it, as commenting out leaves them."""
    kept = {}
    for key, value in values.items():
        at = (*place, key)
        if value is None and section_at(at) is not None:
            continue
        kept[key] = _without_empty(value, at) if isinstance(value, dict) else value
    return kept


def _validated(values: dict[str, Any], origin: _Origin) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        found: dict[Place, str] = {}
        for detail in error.errors(include_url=False):
            complaint = complaint_of(detail)
            # A value that fits none of several types is reported once for each of them.
            found.setdefault(complaint.place, origin.told(complaint))
        raise ConfigurationError(list(found.values())) from None


def _inline_secrets(path: Path, document: Document) -> list[Complaint]:
    """A secret in the file itself, where everybody on the machine may read the file."""
    if not path.stat().st_mode & 0o007:
        return []
    return [
        Complaint(place, f"stands in a file that everybody may read; chmod 600 {path}, or use {place[-1]}_file")
        for place in document.lines
        if place[-1] in ("password", "token")
    ]
