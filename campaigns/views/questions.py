"""Which questions do we ask in a call?"""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views.forms import form_page
from campaigns.forms.campaign import QuestionForm
from campaigns.models import Block, Question
from campaigns.services.questions import add_question, drop_question, reword_question
from pmcrm.people.access import needs
from pmcrm.people.permissions import may
from pmcrm.web import Request, accepted, go_to, page


@require_safe
@needs("campaign.read")
def question_list(request: Request) -> HttpResponse:
    rows = Question.objects.in_use().in_order()
    blocks = [(Block(block).label, list(some)) for block, some in groupby(rows, lambda one: one.block)]
    context = {"blocks": blocks, "may_write": may(request.user, "question.write")}
    return page(request, "campaigns/question_list/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("question.write")
def question_add(request: Request) -> HttpResponse:
    form = QuestionForm(request.POST or None)
    if accepted(form, _add, actor=request.user):
        return _saved(request)
    return _form(request, form, _("What else do we ask?"), reverse("question_add"))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("question.write")
def question_edit(request: Request, pk: int) -> HttpResponse:
    question = get_object_or_404(Question.objects.in_use(), pk=pk)
    initial = {name: getattr(question, name) for name in ("text", "goes", "position", "number")}
    form = QuestionForm(request.POST or None, initial=initial, question=question)
    if accepted(form, reword_question, actor=request.user, question=question):
        return _saved(request)
    return _form(request, form, _("Ask it in other words"), reverse("question_edit", args=[pk]))


@require_POST
@needs("question.write")
def question_drop(request: Request, pk: int) -> HttpResponse:
    drop_question(actor=request.user, question=get_object_or_404(Question, pk=pk))
    return _saved(request)


def _add(**values: object) -> Question:
    values.pop("number", None)
    return add_question(**values)  # type: ignore[arg-type]  # the form's values are the service's


def _saved(request: Request) -> HttpResponse:
    messages.success(request, _("Saved. It holds from the next call on."))
    return go_to(request, reverse("question_list"))


def _form(request: Request, form: QuestionForm, title: str, action: str) -> HttpResponse:
    return form_page(
        request,
        "campaigns/question_form/_fields.html",
        form=form,
        title=title,
        back=reverse("question_list"),
        action=action,
        submit=_("Save"),
    )
