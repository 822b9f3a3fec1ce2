"""The only code that knows SQLite or PostgreSQL: engine, transactions, group commit, tables, migrations.

Every write goes through one thread, which runs all works that wait as one transaction: one sync of the disk then
serves many of them. Statements themselves live in ``queries.py`` of the package that owns them.
"""

from mailguard.store.group_commit import Store
from mailguard.store.opening import database_url, open_store
from mailguard.store.transaction import GatheredInsert, GuardedUpdate, PreparedSelect, Transaction, Work

__all__ = [
    "GatheredInsert",
    "GuardedUpdate",
    "PreparedSelect",
    "Store",
    "Transaction",
    "Work",
    "database_url",
    "open_store",
]
