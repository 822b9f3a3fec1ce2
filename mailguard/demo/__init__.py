"""The demonstration: a relay for a made-up office, a made-up world behind it, and a page that shows what is held.

Everything is on loopback and in one temporary folder of the user's own; ports are chosen by the system, so that two
run beside each other. It ends on Ctrl-C and SIGTERM with status 0 and leaves nothing. Whoever has an account on the
same machine can open the page and press its buttons: there is no sign-in, and nothing but invented mail.
"""

from mailguard.demo.running import Options, run

__all__ = ["Options", "run"]
