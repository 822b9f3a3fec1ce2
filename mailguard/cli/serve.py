"""``mailguard serve``: the service itself, in the foreground."""

from __future__ import annotations

from mailguard.cli.options import Config


def serve(config: Config = None) -> None:
    """Run the relay until SIGTERM or Ctrl-C. SIGHUP takes up renewed certificates."""
    import gc

    # What is loaded stays for good: looking through it again and again costs a tenth of the start, and time of mails.
    gc.disable()
    import uvloop

    from mailguard.app import Service
    from mailguard.config import load
    from mailguard.logs import configure

    gc.freeze()
    gc.enable()
    settings = load(config)
    configure(settings.log.level, settings.log.format)

    async def run() -> None:
        await Service(settings).run()

    uvloop.run(run())
