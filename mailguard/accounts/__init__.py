"""Accounts of people and devices: passwords, sign-in here or at the real server, and who may send as whom."""

from mailguard.accounts.account import Account
from mailguard.accounts.sign_in import Accounts

__all__ = ["Account", "Accounts"]
