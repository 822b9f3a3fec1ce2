"""Messages to a chat channel: that something waits, and how much. No name, no subject, no address.

Whoever reads a channel is not known here, and what was once written into it stays there.
"""

from __future__ import annotations

import json
from typing import Literal, assert_never

from mailguard.i18n import Language, text

Shape = Literal["slack", "teams"]


def message(shape: Shape, lines: tuple[str, ...], link: str, language: Language) -> bytes:
    """What is handed to the channel, as JSON. ``link``: where to sign in, "": none."""
    words = "\n".join(lines)
    label = text(language, "notice.chat.open")
    document: dict[str, object]
    match shape:
        case "slack":
            document = {"text": _for_slack(words) + (f"\n<{link}|{_for_slack(label)}>" if link else "")}
        case "teams":
            card: dict[str, object] = {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": [{"type": "TextBlock", "text": words.replace("\n", "\n\n"), "wrap": True}],
            }
            if link:
                card["actions"] = [{"type": "Action.OpenUrl", "title": label, "url": link}]
            content = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
            document = {"type": "message", "attachments": [content]}
        case _:
            assert_never(shape)
    return json.dumps(document, ensure_ascii=False).encode()


def _for_slack(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
