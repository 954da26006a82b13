"""The shell around each page: its icons, its colours, its policy, its navigation by rights."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Engine, TemplateSyntaxError
from django.test import Client, override_settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import override

from pmcrm.home.context import ENTRIES
from pmcrm.people.permissions import RIGHTS
from tests import build

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MARKUP = {path: path.read_text() for path in TEMPLATES}


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    sprite = (ROOT / "static/icons/lucide-1.62.0.svg").read_text()
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used = {entry.icon for entry in ENTRIES}
    for text in MARKUP.values():
        used |= set(re.findall(r'<c-icon [^>]*(?<!:)\bname="([a-z0-9-]+)"', text))
        used |= set(re.findall(r'<c-[a-z-]+ [^>]*(?<!:)\bicon="([a-z0-9-]+)"', text))
        used |= set(re.findall(r'{% icon "([a-z0-9-]+)"', text))
    assert used - known == set()


def test_no_template_carries_inline_style_or_script() -> None:
    for path, text in MARKUP.items():
        assert not re.search(r"\sstyle\s*=", text), path
        assert not re.search(r"<style\b", text), path
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path


def test_every_entry_of_the_navigation_asks_for_a_known_right() -> None:
    assert {entry.right for entry in ENTRIES} <= set(RIGHTS)


def _tokens() -> dict[str, tuple[str, str]]:
    text = (ROOT / "static/css/tokens.css").read_text()
    return {
        name: (light, dark) for name, light, dark in re.findall(r"--([a-z-]+): light-dark\((#\w{6}), (#\w{6})\)", text)
    }


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, two: str) -> float:
    high, low = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


WORDS_ON_PAPER = list(
    product(("ink", "dim", "brand", "gain-ink", "loss-ink", "warn", "guard"), ("paper", "panel", "float"))
)
WORDS_ON_COLOUR = [
    ("ink", "soft"),
    ("dim", "soft"),
    ("on-brand", "brand"),
    ("brand", "brand-soft"),
    ("ink", "brand-soft"),
    ("loss-ink", "loss-soft"),
    ("ink", "loss-soft"),
    ("warn", "warn-soft"),
    ("ink", "warn-soft"),
    ("guard", "guard-soft"),
    ("ink", "guard-soft"),
    ("ink", "gain-soft"),
    ("gain-ink", "gain-soft"),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("words", "ground"), WORDS_ON_PAPER + WORDS_ON_COLOUR)
def test_words_stand_out_from_their_ground(words: str, ground: str, theme: int) -> None:
    tokens = _tokens()
    assert _contrast(tokens[words][theme], tokens[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "panel", "float"])
def test_the_edges_of_fields_and_the_curve_can_be_seen(ground: str, theme: int) -> None:
    tokens = _tokens()
    for line in ("edge", "brand", "gain", "loss"):
        assert _contrast(tokens[line][theme], tokens[ground][theme]) >= 3


@pytest.mark.django_db
def test_the_style_guide_is_there_in_development_only(client: Client) -> None:
    client.force_login(build.user("product_lead"))
    with override_settings(DEVELOPMENT=False):
        assert client.get("/styleguide/").status_code == 404
    with override_settings(DEVELOPMENT=True):
        page = client.get("/styleguide/")
    assert page.status_code == 200
    assert "style=" not in page.content.decode()


@pytest.mark.django_db
def test_a_person_keeps_the_chosen_appearance(client: Client) -> None:
    person = build.user("product_manager")
    client.force_login(person)
    assert client.post("/appearance/set/", {"theme": "dark"}, headers={"HX-Request": "true"}).status_code == 204
    person.refresh_from_db()
    assert person.theme == "dark"
    assert 'data-theme="dark"' in client.get("/sign-in/password/change/").content.decode()


@pytest.mark.django_db
def test_an_unknown_appearance_changes_nothing(client: Client) -> None:
    person = build.user("product_manager")
    client.force_login(person)
    assert client.post("/appearance/set/", {"theme": "pink"}).status_code == 422
    person.refresh_from_db()
    assert person.theme == "system"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in/login/", "/sign-in/password/reset/", "/sign-in/password/reset/done/"])
def test_the_sign_in_pages_have_the_look_of_the_house(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert '<div class="entrance">' in page
    assert "css/tokens.css" in page


@pytest.mark.django_db
def test_the_navigation_shows_what_a_role_may_open(client: Client) -> None:
    client.force_login(build.user("department_member"))
    page = client.get("/sign-in/password/change/").content.decode()
    assert 'href="/settings/people/"' not in page
    assert 'class="nav"' in page


@pytest.mark.django_db
def test_what_is_not_there_says_so_in_the_shell(client: Client) -> None:
    client.force_login(build.user("product_manager"))
    page = client.get("/no-such-page/")
    assert page.status_code == 404
    assert "There is nothing here" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "path", "here"),
    [
        ("product_lead", "/exit-plans/", "/value/flags/"),
        ("product_lead", "/value/flags/", "/value/flags/"),
        ("product_lead", "/value/", "/value/"),
        ("sales_owner", "/exit-plans/", "/exit-plans/"),
        ("product_manager", "/accounts/new/", "/accounts/"),
        ("product_manager", "/", "/"),
    ],
)
def test_the_navigation_shows_where_a_page_lies(client: Client, role: str, path: str, here: str) -> None:
    client.force_login(build.user(role))
    page = client.get(path).content.decode()
    marked = set(re.findall(r'<a href="([^"]+)" title="[^"]+" aria-current="page">', page))
    assert marked == {here}


def _engine() -> Engine:
    return Engine(builtins=["pmcrm.home.templatetags.shell", "django.templatetags.i18n"])


def test_kept_markup_sees_only_what_it_names() -> None:
    template = _engine().from_string("{% kept place=place %}{{ place }} {{ person }}{% endkept %}")
    assert template.render(Context({"place": "Accounts", "person": "Mina"})) == "Accounts "
    assert template.render(Context({"place": "People", "person": "Mina"})) == "People "


def test_markup_is_kept_for_each_value_each_kind_of_text_and_each_language() -> None:
    template = _engine().from_string(
        "{% kept name=name %}{{ name }} {% get_current_language as L %}{{ L }}{% endkept %}"
    )
    assert template.render(Context({"name": SafeString("<b>B</b>")})) == "<b>B</b> en"
    assert template.render(Context({"name": "<b>B</b>"})) == "&lt;b&gt;B&lt;/b&gt; en"
    with override("de"):
        assert template.render(Context({"name": "B"})) == "B de"
    assert template.render(Context({"name": "B"})) == "B en"


@pytest.mark.parametrize("text", ["{% kept {% block a %}{% endblock %}{% endkept %}", "{% kept name %}{% endkept %}"])
def test_what_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        _engine().from_string(text.replace("kept {%", "kept %}{%"))


@pytest.mark.django_db(transaction=True)
def test_the_count_beside_next_steps_follows_each_change_at_once(client: Client) -> None:
    person = build.user("product_manager")
    client.force_login(person)
    account = build.account(product_manager=person)
    beside = '<span class="count">{}</span>'.format
    assert '<span class="count">' not in client.get(reverse("account_list")).text

    step = build.next_step(account=account, owner=person)
    assert beside(1) in client.get(reverse("account_list")).text

    assert client.post(reverse("next_step_finish", args=[step.pk]), {"version": step.version}).status_code < 400
    assert '<span class="count">' not in client.get(reverse("account_list")).text
