"""The pages that tell how contact goes, at a company where a tenth of all talks were meetings prepared with a sheet,
scored and followed through: balance, engagement figures, meeting figures, my day. Each against the minimal page.
"""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import Final

from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from benchmarks.company import FEW, MANY, write
from benchmarks.pages import signed_in
from benchmarks.result import Result, side_by_side
from pmcrm.people.models import User
from touchpoints.services.balance import keep_picture
from touchpoints.services.contact_load import publish_loads

ROUNDS: Final = 20
MOST: Final = 3.0
HELD: Final = (
    "SELECT id, at, author_id FROM touchpoints_interaction "
    "WHERE kind = 'meeting' AND status = 'held' AND at > now() - interval '14 months'"
)
MEETINGS: Final = {
    "interaction_id": "id",
    "organiser_id": "author_id",
    "uid": "'bench-' || id",
    "stage": "'sent'",
    "sent_at": "at - interval '3 days'",
    "closed_at": "CASE WHEN id %% 5 <> 0 THEN at + interval '1 day' END",
    "closed_by_id": "CASE WHEN id %% 5 <> 0 THEN author_id END",
    "verdicts": """jsonb_build_object('agenda', 'met', 'load', CASE WHEN id %% 3 = 0 THEN 'broken' ELSE 'met' END)""",
    "is_kept": "CASE WHEN id %% 5 <> 0 THEN id %% 3 <> 0 END",
    "is_prepared": "id %% 2 = 0",
    "created_at": "at",
}
CRITERIA: Final = {
    "meeting_id": "id",
    "position": "0",
    "text": "'They name what they miss'",
    "product_score": "CASE id %% 3 WHEN 0 THEN 'met' WHEN 1 THEN 'partly' ELSE '' END",
    "sales_score": "''",
}
TAGS: Final = {"interaction_id": "id", "brought": "'insight'"}
LEARNINGS: Final = {
    "interaction_id": "id",
    "text": "'They plan by the tide'",
    "author_id": "author_id",
    "created_at": "at",
}
STEPS: Final = {
    "account_id": "account_id",
    "interaction_id": "id",
    "text": "'Send the figures'",
    "owner_id": "author_id",
    "created_by_id": "author_id",
    "due_on": "(at + interval '7 days')::date",
    "done_at": "CASE WHEN id %% 4 <> 0 THEN at + interval '5 days' END",
    "created_at": "at",
}
OF_ACCOUNTS: Final = (
    f"SELECT DISTINCT ON (talk.id) talk.*, present.account_id FROM ({HELD}) AS talk "
    "JOIN touchpoints_attendance AS present ON present.interaction_id = talk.id"
)


def measure(lead: User) -> list[Result]:
    for model, columns, source in (
        ("meetings.Meeting", MEETINGS, HELD),
        ("meetings.Criterion", CRITERIA, HELD),
        ("touchpoints.OutcomeTag", TAGS, HELD),
        ("touchpoints.Learning", LEARNINGS, HELD),
        ("touchpoints.NextStep", STEPS, OF_ACCOUNTS),
    ):
        write(model, columns, source, {})
    publish_loads()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    start = perf_counter()
    keep_picture()
    drawn = perf_counter() - start
    leads, few, many = signed_in(lead), *(signed_in(User.objects.get(email=email)) for email in (FEW, MANY))
    balance, figures, meetings = (
        reverse(name) for name in ("contact_balance", "engagement_figures", "meeting_figures")
    )
    pages = {
        "minimal": (leads, "/minimal/"),
        "balance of all": (leads, balance),
        **{f"balance of all, {zone}": (leads, f"{balance}?zone={zone}") for zone in ("neglected", "crowded", "both")},
        "balance of all, one heap": (leads, f"{balance}?cell=4-0"),
        "balance of the owner of few": (few, f"{balance}?whose=mine"),
        "balance of the owner of many": (many, f"{balance}?whose=mine"),
        "engagement figures of all": (leads, f"{figures}?whose=all"),
        "engagement figures of one": (many, figures),
        "meeting figures of all": (leads, meetings),
        "meeting figures of one": (many, meetings),
        "my day of who leads": (leads, reverse("my_day")),
        "my day of the owner of many": (many, reverse("my_day")),
    }
    results = [Result("engagement: the picture of balance drawn anew", drawn * 1000, "ms", note="every five minutes")]
    with override_settings(ROOT_URLCONF="benchmarks.pages"):
        for name, (client, url) in pages.items():
            assert client.get(url).status_code == 200, name
        taken = side_by_side({name: partial(client.get, url) for name, (client, url) in pages.items()}, rounds=ROUNDS)
        base = taken["minimal"].median
        results.append(Result("engagement: minimal page", base * 1000, "ms"))
        for name, (client, url) in list(pages.items())[1:]:
            with CaptureQueriesContext(connection) as asked:
                client.get(url)
            note = f"{taken[name].median * 1000:.1f} ms, {len(asked)} queries"
            results.append(Result(f"engagement: {name}", taken[name].median / base, "x minimal", MOST, note=note))
    return results
