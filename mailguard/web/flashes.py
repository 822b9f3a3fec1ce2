"""One sentence that outlives a redirect: what an action did, shown once on the next page.

It travels in a cookie that only we can read, as a key of the catalogue with its values, so that nothing of a mail ever
stands in a URL.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Literal

from mailguard.errors import ContentDamaged
from mailguard.sealing import SecretBox

COOKIE = "mailguard_flash"
PURPOSE = "web flash"
KEEP_SECONDS = 60
_NAME = "flash"

Level = Literal["success", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Flash:
    """A sentence by its key; ``values`` fill its placeholders."""

    level: Level
    key: str
    values: dict[str, str | int]


def sealed(flash: Flash, box: SecretBox) -> str:
    """The cookie's value."""
    text = json.dumps([flash.level, flash.key, flash.values], ensure_ascii=False)
    return base64.urlsafe_b64encode(box.seal(text.encode(), _NAME)).decode()


def opened(value: str, box: SecretBox) -> Flash | None:
    """What a cookie says; None where we did not write it."""
    try:
        level, key, values = json.loads(box.open(base64.urlsafe_b64decode(value), _NAME))
    except (ContentDamaged, ValueError, binascii.Error):
        return None
    return Flash(level, key, values)
