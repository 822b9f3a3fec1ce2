"""mailguard: an SMTP relay that holds an office's outgoing mail until a mistake can no longer be taken back."""

__version__ = "0.1.0"
