from pmcrm.people.services.tokens import create_token, revoke_token

__all__ = ["create_token", "revoke_token"]
