from accounts.api.accounts import AccountEndpoint
from accounts.api.contacts import ContactEndpoint

__all__ = ["AccountEndpoint", "ContactEndpoint"]
