"""The pages of preparation and its part of the API: what one knows and still has to find out before a talk."""

from django.urls import URLPattern, URLResolver, path

from pmcrm.api.endpoints import routes
from preparation.api import Experiences, Handovers, PreparationSheets
from preparation.views import experience, first_contact, handover, places, sheet

_TALK = "interactions/<int:pk>/prepare/"
urlpatterns: list[URLPattern | URLResolver] = [
    path(_TALK, sheet.preparation_sheet, name="preparation_sheet"),
    path(f"{_TALK}known/", sheet.preparation_known, name="preparation_known"),
    path(f"{_TALK}state/", places.preparation_state, name="preparation_state"),
    path(f"{_TALK}write/", sheet.preparation_write, name="preparation_write"),
    path(f"{_TALK}fill/", sheet.preparation_fill, name="preparation_fill"),
    path(f"{_TALK}line/confirm/", sheet.preparation_line_confirm, name="preparation_line_confirm"),
    path("interactions/first-contacts/", first_contact.first_contact_list, name="first_contact_list"),
    path("my-day/preparation/", places.preparation_waiting, name="preparation_waiting"),
    path("accounts/<int:pk>/preparation/", places.account_preparation, name="account_preparation"),
    path("accounts/<int:pk>/handover/", handover.account_handover, name="account_handover"),
    path("handovers/<int:pk>/confirm/", handover.handover_confirm, name="handover_confirm"),
    path("experiences/", experience.experience_list, name="experience_list"),
    path("experiences/add/", experience.experience_add, name="experience_add"),
    path("experiences/<int:pk>/edit/", experience.experience_edit, name="experience_edit"),
]
api_urlpatterns: list[URLPattern | URLResolver] = routes(
    preparation_sheets=PreparationSheets, experiences=Experiences, handovers=Handovers
)
