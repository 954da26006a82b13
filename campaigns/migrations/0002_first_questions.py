"""The questions that an organisation starts with."""

from django.db import migrations

QUESTIONS = {
    "who": [
        ("who-title", "What is your role there today?", "job_title"),
        ("who-tenure", "How long have you been with the company?", "joined_company_on"),
        ("who-before", "Where were you before, and doing what?", "previous_employers"),
        ("who-day", "What fills a normal working day of yours?", "background"),
        ("who-measured", "How does your company tell that you do well?", "background"),
        ("who-others", "Which colleagues of yours work with the product, too?", ""),
        ("who-decides", "How is something like this decided in your company?", "background"),
    ],
    "why": [
        ("why-start", "How did you come to the product in the first place?", "purpose"),
        ("why-job", "Which job should it do for you?", "purpose"),
        ("why-instead", "If it were gone tomorrow, what would you do?", ""),
        ("why-value", "What did you hope to gain, and how much of it came?", ""),
    ],
    "how": [
        ("how-last", "Tell me of the last time you used it, step by step?", "actual_way"),
        ("how-often", "Who uses it, and how often?", "actual_way"),
        ("how-other", "What do you use it for that would surprise us?", "actual_way"),
        ("how-not", "What of it do you never touch?", "actual_way"),
        ("how-around", "What comes before it, after it and beside it in your work?", ""),
        ("how-learned", "How did you learn it, and what was hard?", ""),
    ],
    "pains": [
        ("pain-now", "What is the most urgent matter for you just now?", "pain"),
        ("pain-list", "What goes badly with us or with the product?", "pain"),
        ("pain-known", "You told us of these points before; has any of them changed?", ""),
        ("pain-cause", "Where does it come from: technology, way of working, price, buying, or a rival's offer?", ""),
    ],
    "close": [
        ("close-anything", "What did I forget to ask?", ""),
        ("close-again", "When may we talk again, and how often suits you?", ""),
    ],
}


def add_questions(apps, _schema_editor):
    question = apps.get_model("campaigns", "Question")
    question.objects.bulk_create(
        question(slug=slug, block=block, position=position, text=text, goes=goes)
        for block, rows in QUESTIONS.items()
        for position, (slug, text, goes) in enumerate(rows, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]

    operations = [migrations.RunPython(add_questions, migrations.RunPython.noop)]
