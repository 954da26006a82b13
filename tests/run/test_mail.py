from __future__ import annotations

from pathlib import Path

from django.core.mail import EmailMessage

from pmcrm.people.mail import KeptMail
from pmcrm.run.mail import Letters


def test_a_kept_letter_is_told_once_with_its_link(tmp_path: Path) -> None:
    old = EmailMessage("Old", "https://pmcrm.example/old", "pmcrm@localhost", ["ada@example.com"])
    KeptMail(file_path=str(tmp_path)).send_messages([old])
    letters = Letters(tmp_path)
    link = "https://pmcrm.example/invitation/" + "x" * 60 + "/"
    new = EmailMessage("Zoë lädt dich ein", f"Hallo,\n\n{link}\n", "pmcrm@localhost", ["bo@example.com"])
    KeptMail(file_path=str(tmp_path)).send_messages([new, old])
    assert list(letters.new()) == [
        f"Mail for bo@example.com: Zoë lädt dich ein\n  {link}",
        "Mail for ada@example.com: Old\n  https://pmcrm.example/old",
    ]
    assert list(letters.new()) == []


def test_a_letter_still_being_written_waits(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    (tmp_path / "1.log").write_text("To: bo@example.com\nSubject: Half")
    assert list(letters.new()) == []
