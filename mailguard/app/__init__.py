"""The composition root: the only room that knows every part.

``assembly`` makes them of the settings, ``service`` starts and stops them in their order, ``condition`` says how they
are. What is heavy and not always needed is imported by the part that needs it, where the settings ask for it.
"""

from mailguard.app.service import Service

__all__ = ["Service"]
