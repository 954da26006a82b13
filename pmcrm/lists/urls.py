"""Search over every kind of record, people to choose from, columns of a list, and saved views."""

from django.urls import URLPattern, URLResolver, path

from pmcrm.api.endpoints import routes
from pmcrm.lists.filter_pages import list_filter_options, list_filters
from pmcrm.lists.people import PersonEndpoint
from pmcrm.lists.saved_api import SavedViewEndpoint
from pmcrm.lists.saved_pages import (
    saved_view_create,
    saved_view_delete,
    saved_view_edit,
    saved_view_list,
    saved_view_mark,
    saved_view_update,
)
from pmcrm.lists.views import list_columns, person_options, search

urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", search, name="search"),
    path("people/options/", person_options, name="person_options"),
    path("lists/<slug:kind>/columns/", list_columns, name="list_columns"),
    path("lists/<slug:kind>/filters/", list_filters, name="list_filters"),
    path("lists/<slug:kind>/filters/options/", list_filter_options, name="list_filter_options"),
    path("views/<slug:kind>/", saved_view_list, name="saved_view_list"),
    path("views/<slug:kind>/create/", saved_view_create, name="saved_view_create"),
    path("views/<int:pk>/edit/", saved_view_edit, name="saved_view_edit"),
    path("views/<int:pk>/update/", saved_view_update, name="saved_view_update"),
    path("views/<int:pk>/mark/", saved_view_mark, name="saved_view_mark"),
    path("views/<int:pk>/delete/", saved_view_delete, name="saved_view_delete"),
]
api_urlpatterns = routes(people=PersonEndpoint, saved_views=SavedViewEndpoint)
