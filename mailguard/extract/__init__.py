"""Text and files out of a mail, inside limits; what could not be read is a result, not an exception."""

from mailguard.extract.reading import read

__all__ = ["read"]
