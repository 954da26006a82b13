"""What accounts, people, products and deals look like in a file, and how they come in, change and go again."""

from accounts.imports.accounts import ACCOUNTS
from accounts.imports.contacts import CONTACTS
from accounts.imports.deals import DEALS
from accounts.imports.products import PRODUCTS

KINDS = (ACCOUNTS, CONTACTS, PRODUCTS, DEALS)

__all__ = ["KINDS"]
