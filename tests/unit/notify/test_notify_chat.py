"""What a chat channel is told."""

from __future__ import annotations

import json

from mailguard.notify.chat import message

LINES = ("確認待ちのメールが新しく 2 通あります。",)
URL = "https://mail.office.example.jp"


def test_message_to_slack_is_text_with_a_link() -> None:
    """The channel shows one sentence and where to sign in."""
    assert {"text": f"{LINES[0]}\n<{URL}|mailguard を開く>"} == json.loads(message("slack", LINES, URL, "ja"))


def test_message_to_teams_is_a_card_with_a_button() -> None:
    """The same for Teams' workflows."""
    (attachment,) = json.loads(message("teams", LINES, URL, "ja"))["attachments"]
    card = attachment["content"]

    assert LINES[0] == card["body"][0]["text"]
    assert [{"type": "Action.OpenUrl", "title": "mailguard を開く", "url": URL}] == card["actions"]


def test_message_without_an_address_of_the_pages_has_no_link() -> None:
    """Nothing to click is better than a link to nowhere."""
    assert {"text": LINES[0]} == json.loads(message("slack", LINES, "", "ja"))
    assert "actions" not in json.loads(message("teams", LINES, "", "ja"))["attachments"][0]["content"]
