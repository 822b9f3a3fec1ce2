"""What the office has learned about addresses from mail that was delivered: seen before, look-alikes, shared lists,
what they can open, and passwords agreed with them.
"""

from mailguard.correspondents.abilities import (
    Known,
    key_of,
    known_of,
    learn_reply,
    list_traits,
    note,
    phone_number,
    traits_of,
    unknow,
)
from mailguard.correspondents.agreed import (
    AGREED,
    AGREED_FINGERPRINTS,
    AgreedPassword,
    agree,
    agreed_password,
    list_agreed,
    withdraw,
)
from mailguard.correspondents.book import AddressBook, Entry, Skipped, book_in
from mailguard.correspondents.learning import forget, forget_old_threads, learn, learn_now
from mailguard.correspondents.recall import belonging_to, called, recall, signature_of
from mailguard.correspondents.transfer import Taken, export, import_entries

__all__ = [
    "AGREED",
    "AGREED_FINGERPRINTS",
    "AddressBook",
    "AgreedPassword",
    "Entry",
    "Known",
    "Skipped",
    "Taken",
    "agree",
    "agreed_password",
    "belonging_to",
    "book_in",
    "called",
    "export",
    "forget",
    "forget_old_threads",
    "import_entries",
    "key_of",
    "known_of",
    "learn",
    "learn_now",
    "learn_reply",
    "list_agreed",
    "list_traits",
    "note",
    "phone_number",
    "recall",
    "signature_of",
    "traits_of",
    "unknow",
    "withdraw",
]
