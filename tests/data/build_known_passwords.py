"""Builds ``mailguard/accounts/data/known_passwords.txt.gz``, the passwords that are guessed first.

Run by hand: ``python -m tests.data.build_known_passwords passwords.json``. The file is ``src/passwords.json`` of the
npm package ``@zxcvbn-ts/language-common`` 4.1.3 (MIT), a list counted over public leaks (49,233 entries, lower case).
The same file gives the same bytes.

All of them are kept, short ones too: a well-known word with a year behind it is refused as well. Entries without two
different characters say nothing that the other rules do not.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

TARGET = Path(__file__).parents[2] / "mailguard/accounts/data/known_passwords.txt.gz"


def main() -> None:
    """Write the list, sorted, a password a line."""
    entries = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    kept = sorted({entry.strip().lower() for entry in entries if len(set(entry)) > 1 and "\n" not in entry})
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(gzip.compress("\n".join(kept).encode(), 9, mtime=0))
    print(f"{len(kept)} passwords, {TARGET.stat().st_size} octets")


if __name__ == "__main__":
    main()
