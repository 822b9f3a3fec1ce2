"""What a text only shows how to write: 公立 太郎, 山田 太郎 beside the word 例, numbers whose digits count up."""

from __future__ import annotations

from mailguard.inspection.hits import Hit
from mailguard.inspection.signs import EXAMPLE, EXAMPLE_GIVEN, EXAMPLE_SURNAMES, TYPED, is_made_up
from mailguard.inspection.text import Text, line_start

_LOOK_BEFORE, _LOOK_AFTER = 300, 60


def is_example_name(text: Text, hit: Hit) -> bool:
    """公立 太郎, and 山田 太郎 where an example is spoken of."""
    is_given = hit.value.endswith(EXAMPLE_GIVEN)
    return is_given and (hit.value.startswith(EXAMPLE_SURNAMES) or _speaks_of_examples(text, hit))


def is_counted_up(text: Text, hit: Hit, *, is_hard: bool) -> bool:
    """Whether its digits only count; of hard kinds, where an example is spoken of: 3456789 may be an account."""
    if not _may_be_made_up(hit) or not is_made_up(hit.value):
        return False
    is_one_digit = len(set(filter(str.isdigit, hit.value))) == 1
    return not is_hard or is_one_digit or _speaks_of_examples(text, hit)


def _may_be_made_up(hit: Hit) -> bool:
    """Whether nothing says what it is but its shape: a column, a label, the office's own pattern."""
    return not hit.rule.endswith(TYPED) and not hit.rule.startswith("office.")


def _speaks_of_examples(text: Text, hit: Hit) -> bool:
    start = line_start(text.plain, max(0, hit.start - _LOOK_BEFORE))
    about = f"{text.piece.where} {text.piece.section} {text.plain[start : hit.end + _LOOK_AFTER]}"
    return EXAMPLE.search(about) is not None
