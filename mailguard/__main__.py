"""``mailguard`` and ``python -m mailguard``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line. Exit status: 0 done, 1 refused or failed, 2 wrong usage or configuration."""
    from mailguard.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
