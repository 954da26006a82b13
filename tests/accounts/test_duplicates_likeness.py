"""Names without their legal forms, and how likely two records are the same."""

from __future__ import annotations

import pytest

from accounts.likeness import LISTED, NEARLY_CERTAIN, Facts, compare, domain_of, keys_of, street_likeness
from accounts.names import squeezed, words


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("ООО «Ромашка»", ("romashka",)),
        ("Romashka LLC", ("romashka",)),
        ("The Müller Group GmbH & Co. KG", ("muller", "group")),
        ("Mueller Group", ("muller", "group")),
        ("Ferrero S.p.A.", ("ferrero",)),
        ("Kowalski Sp. z o.o.", ("kowalski",)),
        ("Petróleo Brasil S.A.", ("petroleo", "brasil")),
        ("PT Telkom Tbk", ("telkom",)),
        ("华为技术有限公司", ("huaweijishu",)),
        ("株式会社トヨタ", ("toyota",)),
        ("Škoda Auto a.s.", ("skoda", "auto")),
        ("Johnson & Johnson", ("johnson", "johnson")),
        ("AS", ("as",)),
        ("Co", ("co",)),
    ],
)
def test_a_name_loses_its_legal_form_and_script(name: str, bare: tuple[str, ...]) -> None:
    assert words(name) == bare


def test_the_order_of_words_does_not_matter() -> None:
    assert squeezed(words("Hotel Bel-Air")) == squeezed(words("bel air hotel"))


def test_a_score_is_the_odds_before_times_its_factors() -> None:
    verdict = compare(
        Facts(name="Nordlys AS", city="Oslo", phones=frozenset({"+4722345678"})),
        Facts(name="Nordlys", city="Bergen", phones=frozenset({"+4722345678"})),
    )

    assert [(part.what, part.likeness, part.factor) for part in verdict.parts] == [
        ("name", 1.0, 3000.0),
        ("phone", 1.0, 400.0),
        ("city", 0.0, 0.3),
    ]
    # 0.001 x 3000 x 400 x 0.3 = 360 to 1
    assert verdict.score == pytest.approx(360 / 361, abs=0.00001)


def test_what_one_does_not_have_speaks_neither_way() -> None:
    verdict = compare(Facts(name="Nordlys AS", city="Oslo"), Facts(name="Nordlys"))

    assert [part.what for part in verdict.parts] == ["name"]
    assert verdict.score == 0.75


def test_another_number_makes_another_branch() -> None:
    one = Facts(name="Halden Maritime 17", country="NO")

    assert compare(one, Facts(name="Halden Maritime 18", country="NO")).score < 0.05
    assert compare(one, Facts(name="Halden Maritime 017", country="NO")).score > LISTED


def test_transliteration_brings_two_scripts_together() -> None:
    one, other = Facts(name="ООО «Ромашка»", city="Москва"), Facts(name="Romashka LLC", city="Moskva")

    assert set(keys_of(one)) & set(keys_of(other))
    assert compare(one, other).score > 0.9


def test_a_slip_of_the_finger_still_shares_a_key() -> None:
    one, other = Facts(name="Tidewright"), Facts(name="Tidewrihgt")

    assert set(keys_of(one)) & set(keys_of(other))
    assert compare(one, other).score > LISTED


def test_namesakes_at_two_companies_are_two_people() -> None:
    kari = Facts(name="Kari Lund", is_person=True, employers=frozenset({"1"}))

    assert compare(kari, Facts(name="Kari Lund", is_person=True, employers=frozenset({"2"}))).score < 0.1
    assert compare(kari, Facts(name="K. Lund", is_person=True, employers=frozenset({"1"}))).score > LISTED
    mail = frozenset({"kari@nordlys.no"})
    moved = Facts(name="Kari Lund", is_person=True, employers=frozenset({"2"}), emails=mail)
    with_mail = Facts(name="Lund, Kari", is_person=True, employers=frozenset({"1"}), emails=mail)
    assert compare(with_mail, moved).score > NEARLY_CERTAIN


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("435 S. La Cienega Blv.", "435 S. La Cienega Blvd.", 1.0),
        ("12 Main Street", "14 Main St", 0.5),
        ("405 E. 58th St.", "342 E. 46th St.", 0.31),
        ("Storgata 5", "Lillegata 5", 0.0),
    ],
)
def test_streets(one: str, other: str, likeness: float) -> None:
    assert street_likeness(one, other) == pytest.approx(likeness, abs=0.005)


def test_a_free_mail_service_is_nobodys_domain() -> None:
    assert domain_of("kari@gmail.com") == ""
    assert domain_of("kari@Nordlys.no") == "nordlys.no"
    assert domain_of("https://www.nordlys.no/about?x=1") == "nordlys.no"
