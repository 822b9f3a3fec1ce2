"""Files the settings point to: paths made absolute, secrets read, and who else may read them.

A secret's file must not be readable by anybody but its owner. Files below ``$CREDENTIALS_DIRECTORY`` may show group
bits: systemd hands credentials over with an access list, which the mode shows as the group's.
"""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import SecretStr

from mailguard.config.places import Complaint, Place
from mailguard.config.settings import Section

SECRET_BYTES_MAX = 64 * 1024
"""No password or token is longer; a wrong file often is."""

SUFFIX = "_file"
_READ_ELSEWHERE = {"token_file"}
"""Secrets that are read anew each time they are needed; here only who may read them is looked at."""

AnySection = TypeVar("AnySection", bound=Section)


class SettingsFiles:
    """Finishes validated settings: paths and secrets. What is wrong is added to ``complaints``."""

    def __init__(self, directory: Path, environ: Mapping[str, str]) -> None:
        self.complaints: list[Complaint] = []
        self._directory = directory
        given = environ.get("CREDENTIALS_DIRECTORY")
        self._credentials = Path(given) if given else None

    def finish(self, section: AnySection, place: Place = ()) -> AnySection:
        """The same settings, relative paths taken from the configuration file's folder and secrets filled in."""
        changed: dict[str, Any] = {}
        for name in type(section).model_fields:
            value = getattr(section, name)
            finished = self._finish_value(value, (*place, name))
            if finished is not value:
                changed[name] = finished
        for name in type(section).model_fields:
            path = changed.get(name, getattr(section, name))
            if not name.endswith(SUFFIX) or path is None:
                continue
            target = name.removesuffix(SUFFIX)
            if target in type(section).model_fields:
                secret = self._secret(section, target, path, (*place, name))
                if secret is not None:
                    changed[target] = secret
            elif name in _READ_ELSEWHERE:
                self._check_readers(path, (*place, name))
        return section.model_copy(update=changed) if changed else section

    def _finish_value(self, value: Any, place: Place) -> Any:
        if isinstance(value, Path):
            return self._directory / value
        if isinstance(value, Section):
            return self.finish(value, place)
        if isinstance(value, list) and value and isinstance(value[0], Section):
            return [self.finish(entry, (*place, number)) for number, entry in enumerate(value)]
        return value

    def _secret(self, section: Section, target: str, path: Path, place: Place) -> SecretStr | str | None:
        """The secret in the file, as the type of the setting it fills; None after a complaint."""
        if getattr(section, target):
            self._complain(place, f"and {target} are both set; keep one")
            return None
        if not self._check_readers(path, place):
            return None
        try:
            with path.open("rb") as file:
                content = file.read(SECRET_BYTES_MAX + 1)
            text = content.decode("utf-8").removesuffix("\n").removesuffix("\r")
        except (OSError, UnicodeDecodeError):
            self._complain(place, f"names a file that cannot be read as text: {path}")
            return None
        if not text or len(content) > SECRET_BYTES_MAX or "\n" in text:
            self._complain(place, f"names a file that does not hold exactly one line: {path}")
            return None
        annotation = type(section).model_fields[target].annotation
        return SecretStr(text) if SecretStr in (annotation, *get_args(annotation)) else text

    def _check_readers(self, path: Path, place: Place) -> bool:
        """Whether the file is there and nobody but its owner may read it; complains otherwise."""
        try:
            found = path.stat()
        except OSError as error:
            self._complain(place, f"names a file that cannot be opened: {path} ({error.strerror})")
            return False
        mode = stat.S_IMODE(found.st_mode)
        forbidden = 0o007 if self._credentials is not None and self._credentials in path.parents else 0o077
        if mode & forbidden:
            self._complain(
                place, f"names a file that others may read (mode {mode:04o}): {path}; chmod 600, owned by the service"
            )
            return False
        return True

    def _complain(self, place: Place, sentence: str) -> None:
        self.complaints.append(Complaint(place, sentence))
