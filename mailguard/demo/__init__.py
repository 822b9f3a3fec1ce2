"""The demonstration: a relay for a made-up office with its real pages, a made-up world behind it, and a desk.

The desk plays what an office has anyway: four people's mailboxes and telephones. So signing in works as it always does,
and nothing in mailguard knows of the demonstration.

Everything is on loopback and in one temporary folder of the user's own; ports are chosen by the system, so that two
run beside each other. It ends on Ctrl-C and SIGTERM with status 0 and leaves nothing. Whoever has an account on the
same machine can open the desk and sign in as one of the four: there is nothing but invented mail.
"""

from mailguard.demo.running import Options, run

__all__ = ["Options", "run"]
