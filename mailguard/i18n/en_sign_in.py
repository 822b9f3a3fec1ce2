"""Signing in, second factors and sessions. English."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "sign_in.mail.subject": "[{office}] Your code for signing in",
    "sign_in.mail.unnamed": "Mail gate",
    "sign_in.mail.intro": "At {at} somebody began to sign in to the mail pages of {office}. The code is:",
    "sign_in.mail.type_it": (
        "Type it where you began to sign in. It counts once, for {minutes} {minutes:minute|minutes}, until {until}."
    ),
    "sign_in.mail.or_open": "Instead of typing it you can open this page and sign in there:",
    "sign_in.mail.not_you": "If it was not you, throw this mail away. Nothing happens while nobody uses the code.",
    "sign_in.mail.tell_nobody": "Give this code to nobody. We never ask for it on the telephone or by mail.",
    "sign_in.weakness.too_short_alone": "It is too short: a password that stands alone needs 15 characters or more.",
    "sign_in.weakness.too_short": "It is too short: it needs 10 characters or more.",
    "sign_in.weakness.too_long": "It is too long: 256 characters are the most.",
    "sign_in.weakness.too_few_kinds": (
        "Below 15 characters it needs three of these: small letters, capital letters, digits, others."
    ),
    "sign_in.weakness.too_few_different": "It repeats too few characters: use six different ones or more.",
    "sign_in.weakness.holds_name": "It holds the address or the name of the office. Choose other words.",
    "sign_in.weakness.well_known_row": "It is little more than a row such as 12345678 or qwerty. Choose other words.",
    "sign_in.weakness.known": "Many people use this password, so it is guessed first. Choose another one.",
    "sign_in.weakness.control_character": "It holds a character that cannot be used. Type it again.",
}
