"""The site map by prefix. Each room has its own list; a page's URL name is its one word."""

from django.urls import URLPattern, URLResolver, include, path

import accounts.urls
import segmentation.urls
import touchpoints.urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("pmcrm.home.urls")),
    path("sign-in/", include("allauth.urls")),
    path("", include("pmcrm.people.urls")),
    path("", include("pmcrm.lists.urls")),
    path("", include(accounts.urls)),
    path("", include(touchpoints.urls)),
    path("", include(segmentation.urls)),
    path(
        "api/v1/",
        include(
            [
                *accounts.urls.api_urlpatterns,
                *touchpoints.urls.api_urlpatterns,
                *segmentation.urls.api_urlpatterns,
            ]
        ),
    ),
]
