"""Which words gather our accounts? Renaming, merging and removing tags."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.tags import TagForm, TagMergeForm
from accounts.models import Tag
from accounts.models.tag import MOST_TAGS
from accounts.services.tags import delete_tag, merge_tags, rename_tag
from accounts.views.forms import form_page
from pmcrm.errors import RuleViolation
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request, go_to, page

FIELDS = "accounts/tag_form/_fields.html"


@require_safe
@needs("tag.write")
def tag_list(request: Request) -> HttpResponse:
    tags = Tag.objects.with_use().in_order()[:MOST_TAGS]
    context = {"tags": tags, "most": MOST_TAGS, "is_administrator": may(request.user, "settings.write")}
    return page(request, "accounts/tag_list/page.html", context)


@require_http_methods(["GET", "POST"])
@needs("tag.write")
def tag_edit(request: Request, pk: int) -> HttpResponse:
    tag = get_object_or_404(Tag, pk=pk)
    form = TagForm(request.POST or None, tag=tag)
    if form.is_bound and form.is_valid():
        try:
            rename_tag(actor=request.user, tag=tag, **form.cleaned_data)
        except RuleViolation as refusal:
            form.show_refusal(refusal)
        else:
            return _done(request, _("Saved. Every account that carries it shows the new name."))
    title = _("Rename the tag %(name)s") % {"name": tag.name}
    return _form(request, form, title=title, action=reverse("tag_edit", args=[pk]), submit=_("Save"))


@require_http_methods(["GET", "POST"])
@needs("tag.write")
def tag_merge(request: Request, pk: int) -> HttpResponse:
    tag = get_object_or_404(Tag, pk=pk)
    form = TagMergeForm(request.POST or None, tag=tag)
    if form.is_bound and form.is_valid():
        try:
            stays = merge_tags(actor=request.user, tag=tag, **form.cleaned_data)
        except RuleViolation as refusal:
            form.show_refusal(refusal)
        else:
            words = {"name": tag.name, "other": stays.name}
            return _done(request, _("%(name)s went up in %(other)s.") % words)
    title = _("Merge the tag %(name)s into another") % {"name": tag.name}
    return _form(request, form, title=title, action=reverse("tag_merge", args=[pk]), submit=_("Merge"))


@require_POST
@needs("tag.write")
def tag_delete(request: Request, pk: int) -> HttpResponse:
    tag = get_object_or_404(Tag, pk=pk)
    version = request.POST.get("version", "")
    try:
        count = delete_tag(actor=request.user, tag=tag, version=int(version) if version.isdecimal() else 0)
    except RuleViolation as refusal:
        messages.error(request, refusal.sentence)
        return go_to(request, reverse("tag_list"))
    words = ngettext("%(name)s was taken off %(n)d account.", "%(name)s was taken off %(n)d accounts.", count)
    return _done(request, words % {"name": tag.name, "n": count})


def _form(request: Request, form: Any, **context: Any) -> HttpResponse:
    return form_page(request, FIELDS, form=form, back=reverse("tag_list"), **context)


def _done(request: Request, text: str) -> HttpResponse:
    messages.success(request, text)
    return go_to(request, reverse("tag_list"))
