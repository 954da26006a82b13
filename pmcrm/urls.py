"""The site map by prefix. Each room has its own list; a page's URL name is its one word."""

from django.urls import URLPattern, URLResolver, include, path, re_path

import accounts.urls
import campaigns.urls
import correspondence.urls
import meetings.urls
import pmcrm.exchange.urls
import pmcrm.exports.urls
import pmcrm.files.urls
import pmcrm.lists.urls
import pmcrm.trash.urls
import preparation.urls
import segmentation.urls
import touchpoints.urls
from pmcrm.api.problems import not_found
from pmcrm.api.views import ApiDocs, ApiSchema

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("pmcrm.home.urls")),
    path("sign-in/", include("allauth.urls")),
    path("", include("pmcrm.people.urls")),
    path("", include(pmcrm.lists.urls)),
    path("", include(pmcrm.exchange.urls)),
    path("", include(pmcrm.trash.urls)),
    path("", include(pmcrm.exports.urls)),
    path("", include(accounts.urls)),
    path("", include(touchpoints.urls)),
    path("", include(preparation.urls)),
    path("", include(campaigns.urls)),
    path("", include(meetings.urls)),
    path("", include(correspondence.urls)),
    path("", include(segmentation.urls)),
    path("", include(pmcrm.files.urls)),
    path(
        "api/v1/",
        include(
            [
                *pmcrm.lists.urls.api_urlpatterns,
                *pmcrm.exchange.urls.api_urlpatterns,
                *pmcrm.exports.urls.api_urlpatterns,
                *accounts.urls.api_urlpatterns,
                *touchpoints.urls.api_urlpatterns,
                *preparation.urls.api_urlpatterns,
                *campaigns.urls.api_urlpatterns,
                *meetings.urls.api_urlpatterns,
                *correspondence.urls.api_urlpatterns,
                *segmentation.urls.api_urlpatterns,
                *pmcrm.files.urls.api_urlpatterns,
            ]
        ),
    ),
    path("api/schema/", ApiSchema.as_view(), name="api_schema"),
    path("api/docs/", ApiDocs.as_view(), name="api_docs"),
    re_path(r"^api/", not_found, name="api_not_found"),
]
