"""``mailguard demo``: the relay with a made-up world around it, on loopback, in a temporary folder."""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated, Literal

import typer


def demo(
    hold_minutes: Annotated[
        float | None,
        typer.Option(min=0.05, max=1440, help="How long mail to the outside waits.", show_default="5"),
    ] = None,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="One full round without a person; status 0 when all of it worked.")
    ] = False,
    language: Annotated[
        Literal["ja", "en"] | None, typer.Option(help="What the terminal speaks.", show_default="by the locale")
    ] = None,
) -> None:
    """Try it: all on this machine, with sample mail and the office's pages. Ctrl-C ends it and leaves nothing."""
    import uvloop

    from mailguard.cli.first_certificate import write_self_signed
    from mailguard.demo import Options, run
    from mailguard.demo.terminal import language_of

    spoken = language or language_of(os.environ, sys.stdout.encoding)
    try:
        status = uvloop.run(run(Options(hold_minutes, smoke, spoken), write_self_signed))
    finally:
        # Everything is cleared away; another Ctrl-C has nothing left to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise typer.Exit(status)
