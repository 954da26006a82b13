"""The pages about people and the organisation."""

from django.urls import URLPattern, URLResolver, path

from pmcrm.people.admin import site
from pmcrm.people.views import entrance, own, people

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/people/", people.person_list, name="person_list"),
    path("settings/people/invite/", people.person_invite, name="person_invite"),
    path("settings/people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("settings/people/<int:pk>/deactivate/", people.person_deactivate, name="person_deactivate"),
    path("settings/people/<int:pk>/reactivate/", people.person_reactivate, name="person_reactivate"),
    path("settings/invitations/<int:pk>/resend/", people.invitation_resend, name="invitation_resend"),
    path("settings/invitations/<int:pk>/revoke/", people.invitation_revoke, name="invitation_revoke"),
    path("settings/organisation/", own.organisation, name="organisation"),
    path("settings/profile/", own.profile, name="profile"),
    path("settings/tokens/", own.token_list, name="token_list"),
    path("settings/tokens/create/", own.token_create, name="token_create"),
    path("settings/tokens/<int:pk>/revoke/", own.token_revoke, name="token_revoke"),
    path("invitation/<str:token>/", entrance.invitation_accept, name="invitation_accept"),
    path("admin/", site.urls),
]
