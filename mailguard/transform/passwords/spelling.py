"""A password read out: what to say on the telephone, character by character."""

from __future__ import annotations

import string

from mailguard.i18n import Language, text


def spelled(password: str, language: Language) -> list[str]:
    """One line for each group of the password, its hyphen at the end of the line: 「大文字のA(エー)、…、ハイフン」.

    A password without hyphens is one line. What is not printable ASCII is shown as it is.
    """
    names = _names(language)
    between = text(language, "spelling.between")
    groups = password.split("-")
    lines = []
    for number, group in enumerate(groups):
        said = [names.get(letter, letter) for letter in group]
        if number < len(groups) - 1:
            said.append(names["-"])
        if said:
            lines.append(between.join(said))
    return lines


def _names(language: Language) -> dict[str, str]:
    """What to say for each printable character."""
    names = {"-": text(language, "spelling.hyphen"), " ": text(language, "spelling.blank")}
    for letter, name in zip(string.ascii_uppercase, _words(language, "letters"), strict=True):
        names[letter] = text(language, "spelling.capital", letter=letter, name=name)
        names[letter.lower()] = text(language, "spelling.small", letter=letter.lower(), name=name)
    for digit, name in zip(string.digits, _words(language, "digits"), strict=True):
        names[digit] = text(language, "spelling.digit", digit=digit, name=name)
    signs = string.punctuation.replace("-", "")
    for sign, name in zip(signs, _words(language, "signs"), strict=True):
        names[sign] = text(language, "spelling.sign", sign=sign, name=name)
    return names


def _words(language: Language, what: str) -> list[str]:
    return text(language, f"spelling.{what}").split(", ")
