"""The statements an organisation begins with. It words its own ones on the page of statements."""

from django.db import migrations

FIRST = [
    (
        "pain-heard-not-promised",
        "pains",
        "Tell me what gives you trouble, so that we understand it. To write it down is no promise to mend it, or when.",
        180,
        "pain_capture",
    ),
    (
        "pain-report-back",
        "pains",
        "I will come back to you on each of these points, even if I have to say that we leave it as it is.",
        180,
        "",
    ),
    (
        "pain-once",
        "pains",
        "Whatever you tell me is noted for all of my colleagues who work with you. You should not have to say it twice.",
        365,
        "",
    ),
    (
        "roadmap-direction",
        "roadmap",
        "You see where we are heading. What comes when may still change, so please base no decision to buy on it.",
        90,
        "share_document",
    ),
    (
        "roadmap-confidential",
        "roadmap",
        "This is meant for your company alone. Please do not pass it on to anybody outside.",
        90,
        "share_document",
    ),
    (
        "trial-limits",
        "trial",
        "You get something unfinished, for us both to learn from. It may break, and the finished one may look different.",
        60,
        "",
    ),
    (
        "input-not-vote",
        "involvement",
        "We weigh what you say together with what many others tell us. It helps us decide; it is not a vote.",
        180,
        "",
    ),
    (
        "listening-only",
        "call",
        "I am not calling to sell anything or to mend anything now, but to learn. What needs mending goes to whoever can.",
        90,
        "",
    ),
]


def put_in(apps, _schema_editor):
    statements = apps.get_model("touchpoints", "Statement")
    for slug, topic, text, days, unlocks in FIRST:
        statements.objects.get_or_create(
            slug=slug, edition=1, defaults={"topic": topic, "text": text, "expires_days": days, "unlocks": unlocks}
        )


class Migration(migrations.Migration):
    dependencies = [("touchpoints", "0002_pains_told_once")]

    operations = [migrations.RunPython(put_in, migrations.RunPython.noop)]
