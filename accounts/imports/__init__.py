"""What accounts, people, products and deals look like in a file, and how they come in, change and go again."""

from accounts.imports.accounts import ACCOUNTS

KINDS = (ACCOUNTS,)

__all__ = ["KINDS"]
