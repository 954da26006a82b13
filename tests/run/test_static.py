"""What the image does with static files: named by content, kept for ever, the modules' imports with them."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.management import call_command
from django.test import RequestFactory
from pytest_django import Settings
from whitenoise.middleware import WhiteNoiseMiddleware


def collect(settings: Settings, root: Path) -> WhiteNoiseMiddleware:
    settings.STATIC_ROOT = str(root)
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "pmcrm.run.static.NamedByContent"}}
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    call_command("collectstatic", interactive=False, verbosity=0)
    return WhiteNoiseMiddleware(lambda _request: None)


def kept_for(middleware: WhiteNoiseMiddleware, url: str) -> str:
    response = middleware(RequestFactory().get(url))
    response.close()
    return str(response["Cache-Control"])


def test_collected_files_are_named_by_content_and_kept_for_ever(settings: Settings, tmp_path: Path) -> None:
    middleware = collect(settings, tmp_path)
    (main,) = (path for path in (tmp_path / "js").glob("main.*.js"))
    imported = re.findall(r'^import "\./(.+)";$', main.read_text(), re.MULTILINE)
    of_one_page = {"dial.js"}
    scripts = {path.name for path in Path("static/js").glob("*.js")} - {"main.js"} - of_one_page
    assert {re.sub(r"\.[0-9a-f]{12}\.", ".", name) for name in imported} == scripts
    assert [name for name in imported if not (tmp_path / "js" / name).exists()] == []
    assert {bool(re.fullmatch(r"[\w-]+\.[0-9a-f]{12}\.js", name)) for name in imported} == {True}
    assert kept_for(middleware, f"/static/js/{main.name}") == "max-age=315360000, public, immutable"
    assert kept_for(middleware, "/static/js/main.js") == "max-age=60, public"
