"""The forms of correspondence. They check shape; the services decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from pmcrm.notices.models import Wishes
from pmcrm.people.forms import zone_choices
from pmcrm.people.models import User

if TYPE_CHECKING:
    from correspondence.models import Letter


class WishesForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    class Meta:
        model = Wishes
        fields = ["remind_minutes", "mail_minutes", "has_digest", "feed_has_steps", "mail_is_private"]


class MailUploadForm(forms.Form):
    """A mail as a file, or its source as text."""

    file = forms.FileField(
        label=gettext_lazy("Mail file"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Save the mail in your mail program (.eml), then drop it here."),
        widget=forms.ClearableFileInput(attrs={"accept": ".eml,message/rfc822"}),
    )
    source = forms.CharField(
        label=gettext_lazy("Or its source"),
        required=False,
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("“Show original” or “View source” in your mail program; copy all of it."),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if bool(found.get("file")) == bool((found.get("source") or "").strip()):
            self.add_error("file", _("Choose a file, or paste the source of a mail."))
        if found.get("file") and found["file"].size > settings.LETTER_MAX_BYTES:
            most = settings.LETTER_MAX_BYTES // 1000**2
            self.add_error("file", _("This mail is larger than %(most)s MB.") % {"most": most})
        return found

    @property
    def content(self) -> bytes:
        file = self.cleaned_data["file"]
        content: bytes = file.read() if file else self.cleaned_data["source"].strip().encode()
        return content


class LogForm(forms.Form):
    """Where a waiting mail belongs, and who of those in it becomes a contact."""

    account = forms.ModelChoiceField(Account.objects.none(), label=gettext_lazy("Account"), required=False)
    add = forms.MultipleChoiceField(
        label=gettext_lazy("New contacts there"), required=False, widget=forms.CheckboxSelectMultiple
    )
    is_private = forms.BooleanField(
        label=gettext_lazy("Private: only I and the colleagues in it see the mail"), required=False
    )

    def __init__(self, *args: Any, user: User, letter: Letter, strangers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["account"]
        assert isinstance(account, forms.ModelChoiceField)
        account.queryset = Account.objects.visible_to(user)
        add = self.fields["add"]
        assert isinstance(add, forms.MultipleChoiceField)
        add.choices = strangers
        self.letter = letter


class AssignForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Whose mail it is"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        assert isinstance(person, forms.ModelChoiceField)
        person.queryset = User.objects.with_right("interaction.log").order_by("name", "pk")


class CalendarUploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Calendar file"),
        max_length=1000,
        allow_empty_file=True,
        help_text=gettext_lazy("An .ics file from any calendar program. It is shown first; nothing comes in before."),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"}),
    )


class BringInForm(forms.Form):
    past_took_place = forms.BooleanField(
        label=gettext_lazy("What is over took place: enter it as held"), required=False
    )
    override_reason = forms.CharField(
        label=gettext_lazy("Why all the same"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "Where a colleague asks not to contact them, or they had much contact. Left empty, those entries stay out."
        ),
    )


class ZonesForm(forms.Form):
    """One choice for each name of a zone that nobody knows."""

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names[:20]
        for number, name in enumerate(self.names):
            self.fields[f"zone-{number}"] = forms.ChoiceField(
                label=name, choices=[("", "—"), *zone_choices()], required=False
            )

    @property
    def answers(self) -> dict[str, str]:
        given = ((name, self.cleaned_data[f"zone-{number}"]) for number, name in enumerate(self.names))
        return {name: zone for name, zone in given if zone}
