from pmcrm.people.services.invitations import accept_invitation, invite_again, invite_person, revoke_invitation
from pmcrm.people.services.organisation import edit_organisation
from pmcrm.people.services.people import deactivate_person, edit_person, provide_administrator, reactivate_person
from pmcrm.people.services.tokens import create_token, revoke_token

__all__ = [
    "accept_invitation",
    "create_token",
    "deactivate_person",
    "edit_organisation",
    "edit_person",
    "invite_again",
    "invite_person",
    "provide_administrator",
    "reactivate_person",
    "revoke_invitation",
    "revoke_token",
]
