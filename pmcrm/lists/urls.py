"""Search over every kind of record."""

from django.urls import URLPattern, URLResolver, path

from pmcrm.api.endpoints import routes
from pmcrm.lists.people import PersonEndpoint
from pmcrm.lists.views import person_options, search

urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", search, name="search"),
    path("people/options/", person_options, name="person_options"),
]
api_urlpatterns = routes(people=PersonEndpoint)
