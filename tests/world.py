"""A small company in which everything exists once: what the table of access and the walk with axe look at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Account, AccountPair, ContactPair, Deal, Mention, Product, StrategicEntry
from accounts.services import bulk
from accounts.services.custom_fields import create_field
from accounts.services.erasure import erase_contact
from accounts.services.inside import enrol, serve
from accounts.services.manners import write_manners
from accounts.services.merging import merge
from accounts.services.plays import open_play
from accounts.services.relation import log_reference_use, mark_contribution, note_rival_outcome
from accounts.services.tags import put_tags, tags_called
from accounts.services.tier import set_tier
from accounts.services.trash import discard_account, discard_contact
from accounts.services.value import assess_value
from campaigns.models import Attempt, Question, UsageSign
from correspondence.services.calendar_import import bring
from correspondence.services.feed import renew_feed
from correspondence.services.letters import keep_apart, upload
from meetings.services.planning import open_meeting
from pmcrm.exchange.services import imports
from pmcrm.exchange.services.running import work
from pmcrm.exports.services import request_export
from pmcrm.exports.services import work as write_file
from pmcrm.files.services import attach_file, class_document, share_document
from pmcrm.lists.saved_views import save_view
from pmcrm.people.models import User
from pmcrm.people.permissions import ROLES
from pmcrm.people.services.invitations import invite_person
from pmcrm.people.services.tokens import create_token
from preparation.models import Handover
from preparation.services.experiences import add_experience
from segmentation.models import Flag, LedgerLine
from segmentation.services import exit_plan_proposal
from tests import build
from tests.segmentation import money_cast
from touchpoints.models import NpsAnswer, Statement, TrustStep
from touchpoints.services.decisions import Cited, Decided, record_decision
from touchpoints.services.goals import set_goal
from touchpoints.services.holds import place_hold
from touchpoints.services.learnings import note_learning
from touchpoints.services.needs import raise_need, settle_need
from touchpoints.services.pains import tell_pain
from touchpoints.services.people import Told, learn
from touchpoints.services.relationship import Use, add_renewal, note_usage
from touchpoints.services.statements import say
from touchpoints.services.trash import discard_interaction

OFFICES = {
    "executive": "final_approver",
    "finance": "cfo",
    "sales_vp": "vp_sales",
    "department_member": "vp_support",
}


@dataclass(frozen=True)
class World:
    """People by role, and the one thing that each group of addresses is asked for, by the beginning of its name."""

    people: dict[str, User]
    things: dict[str, dict[str, Any]]

    def parameters(self, name: str, wanted: tuple[str, ...]) -> dict[str, Any]:
        """Values for an address's parameters: of the longest beginning of `name` that has them all."""
        for beginning in sorted(self.things, key=len, reverse=True):
            if name.startswith(beginning) and set(wanted) <= set(self.things[beginning]):
                return {parameter: self.things[beginning][parameter] for parameter in wanted}
        raise AssertionError(f"tests/world.py has no {wanted} for {name}")


def people() -> dict[str, User]:
    """One person of each role; four of them hold an office."""
    return {
        role: build.user(
            role, name=role.replace("_", " ").title(), email=f"{role}@example.com", office=OFFICES.get(role, "")
        )
        for role in ROLES
    }


def build_world() -> World:
    """Everything once: the account Zeta is the product manager's and the sales owner's own, nobody else's."""
    cast = people()
    manager, owner, lead = cast["product_manager"], cast["sales_owner"], cast["product_lead"]
    accounts = money_cast.accounts()
    zeta = accounts["Zeta"]
    zeta.product_manager, zeta.relationship_owner = manager, owner
    zeta.save()
    (tag,) = tags_called(actor=manager, names=["pilot"])
    put_tags(zeta, [tag])
    contact = build.contact(account=zeta, temperament="direct")
    promise = build.promise(account=zeta, owner=manager)
    interaction = build.interaction(zeta, author=manager)
    interaction.contacts.add(contact)
    campaign = build.campaign(owner=manager)
    draft_campaign = build.campaign(owner=manager, state="draft")
    target = build.target(campaign=campaign, contact=contact)
    attempt = Attempt.objects.create(
        target=build.target(campaign=campaign, contact=build.contact(account=zeta, name="Called")),
        interaction=build.interaction(zeta, author=manager, outcome="no_answer"),
        caller=manager,
        number=1,
        outcome="no_answer",
        at=timezone.now(),
    )
    sign = UsageSign.objects.create(account=zeta, product=campaign.product, kind="not_used")
    question = Question.objects.in_use().get(slug="who-title")
    answer = NpsAnswer.objects.create(account=zeta, score=9, answered_on=dt.date(2026, 1, 15), ref="1")
    step = build.next_step(account=zeta, owner=manager)
    build.pool("support")
    run = money_cast.run()
    flag = Flag.objects.get(account=zeta)
    plan = exit_plan_proposal.propose(actor=lead, account=zeta, reason="It takes more than it brings.", flag=flag)
    entry = StrategicEntry.objects.create(
        account=accounts["Alpha"], rank=1, reason="Opens a market", sponsor=lead, review_by=dt.date(2999, 1, 1)
    )
    score = assess_value(actor=lead, account=zeta, dimension="brand", score=20, evidence="Known in the port")
    tier = set_tier(actor=lead, account=zeta, tier="B", reason="A reference for the whole coast")
    invitation, token = invite_person(
        actor=cast["administrator"], email="new@example.com", name="New", roles=["finance"], office="", department=None
    )
    file = attach_file(actor=lead, owner=zeta, name="Offer.pdf", chunks=[b"%PDF-1.7"])
    field = create_field(actor=lead, thing="account", label="Contract end", type="date")
    view = save_view(actor=manager, kind="accounts", name="The coast", query="country=NO", sharing="everybody")
    label, _secret = create_token(actor=lead, name="Sheet")
    line = LedgerLine.objects.filter(account=zeta).latest("pk")
    ledger = b"Customer ID,Date,Revenue,Profit\nK-1,2026-01-31,10,5\nK-2,2026-02-30,20,-5\n"
    batch = imports.receive(actor=lead, kind="ledger", name="lines.csv", chunks=[ledger])
    work(batch.pk)
    product = Product.objects.create(name="Grid", list_price=Decimal(500))
    deal = Deal.objects.create(account=zeta, product=product, name="Grid, second year")
    twin = build.account(name="Zeta AS", product_manager=manager, relationship_owner=owner)
    export = request_export(actor=lead, kind="accounts", is_job=True)
    write_file(export.pk)
    change = bulk.request_change(actor=lead, field="state", value="prospect", rows=[(twin.pk, 1)])
    second = build.contact(account=twin)
    pair = AccountPair.objects.create(left=zeta, right=twin, score=Decimal("0.75"))
    people_pair = ContactPair.objects.create(left=contact, right=second, score=Decimal("0.6"))
    merges = _merges(lead, zeta)
    inside = build.account(name="Port desk", kind="internal", product_manager=manager)
    serve(actor=manager, account=inside, customer=zeta)
    enrolment = enrol(
        actor=manager, account=inside, programme="Beta of the quay view", role="hand_holder", paired_with=zeta
    )
    play = open_play(actor=manager, account=zeta, aim="grow", goal="A second terminal", owner=manager)
    mark = mark_contribution(actor=manager, account=zeta, contribution="evangelist", on=dt.date(2026, 1, 15))
    rival = note_rival_outcome(actor=manager, account=zeta, outcome="won_from", rival="Quayline", reason="Speed")
    Account.objects.filter(pk=zeta.pk).update(reference_ok=True, reference_permission_on=dt.date(2026, 1, 1))
    zeta.refresh_from_db()
    use = log_reference_use(actor=manager, account=zeta, occasion="reference", what_for="Fjord")
    forgotten = build.contact(account=zeta, name="Pia Past")
    erasure = erase_contact(
        actor=lead, contact=forgotten, version=1, requested_on=dt.date(2026, 1, 1), reason="Asked", typed="Pia Past"
    )
    mention = Mention.objects.create(
        erasure=erasure, label="accounts.promise", object_id=promise.pk, column="text", digest=""
    )
    gone = build.account(name="Old quay", product_manager=manager, relationship_owner=owner)
    gone_person = build.contact(account=zeta, name="Ola Old")
    gone_talk = build.interaction(zeta, author=manager)
    discard_account(actor=lead, account=gone)
    discard_contact(actor=manager, contact=gone_person)
    discard_interaction(actor=manager, interaction=gone_talk)
    says = Decided(title="Tide beside the plan", decided="We build it.", decided_on=dt.date(2026, 2, 1))
    decision = record_decision(actor=manager, says=says, cited=[Cited("interaction", interaction.pk)])
    evidence = decision.evidence.get()
    finding = note_usage(actor=manager, account=zeta, use=Use("not_used"))
    renewal = add_renewal(actor=manager, account=zeta, renews_on=dt.date(2027, 1, 1))
    fact = learn(actor=manager, contact=contact, told=Told(job_title="Planner", source="The fair"))[0]
    hold = place_hold(actor=owner, account=zeta, reason="We sign on Friday")
    goal = set_goal(actor=manager, account=zeta, text="A second terminal")
    solved = raise_need(actor=manager, account=zeta, text="The tide table is late")
    settle_need(actor=manager, need=solved, state="solved", how="It comes by mail now")
    need = raise_need(actor=manager, account=zeta, text="Cranes stand still at night")
    at = timezone.now() + dt.timedelta(days=9)
    talk = build.interaction(zeta, author=manager, kind="meeting", status="planned", at=at, minutes=45)
    meeting = open_meeting(actor=manager, interaction=talk)
    mail = upload(actor=manager, content=b"From: somebody@nowhere.example\nSubject: Quay\n\nWhen?")
    apart = keep_apart(b"From: somebody@nowhere.example\nSubject: Whose?\n\n", size=60, why="Nobody's yet")
    calendar = bring(actor=manager, name="a.ics", content=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    pain = tell_pain(actor=manager, account=zeta, words="The export stops", contact=contact, bypass_reason="No time")
    document = class_document(actor=lead, file=file, edition="1", watermark="In confidence")
    shares = share_document(
        actor=lead, document=document, contacts=[contact], channel="mail", override_reason="They asked at the fair"
    )
    spoken = Statement.objects.current().order_by("pk")[0]
    saying = say(actor=manager, statement=spoken, contacts=[contact], account=zeta)
    learning = note_learning(actor=manager, interaction=interaction, text="They plan by tide", tags=["goal"])
    story = add_experience(actor=manager, problem="The plan was a day old", story="They read it aloud at six.")
    handed_over = Handover.objects.create(account=zeta, person=manager, former=lead)
    things: dict[str, dict[str, Any]] = {
        "mail": {"pk": mail.pk},
        "mail_assign": {"pk": apart.pk},
        "mail_discard": {"pk": apart.pk},
        "api-mails": {"pk": mail.pk},
        "calendar_import": {"pk": calendar.pk},
        "calendar_feed": {"token": renew_feed(actor=manager)},
        "meeting": {"pk": meeting.pk},
        "api-meetings": {"pk": meeting.pk},
        "invitee": {"pk": meeting.invitees.get().pk},
        "document": {"pk": file.pk},
        "api-forward-documents": {"pk": document.pk},
        "api-document-shares": {"pk": shares[0].pk},
        "pain": {"pk": pain.pk},
        "api-pains": {"pk": pain.pk},
        "statement": {"pk": spoken.pk},
        "api-statements": {"pk": spoken.pk},
        "api-sayings": {"pk": saying.pk},
        "learning": {"pk": learning.pk},
        "api-learnings": {"pk": learning.pk},
        "account_before_call": {"pk": zeta.pk},
        "api-manners": {"pk": write_manners(actor=lead, read_version=None, ownership="Sales").pk},
        "product": {"pk": product.pk},
        "play": {"pk": play.pk},
        "play_open": {"pk": zeta.pk},
        "contribution_add": {"pk": zeta.pk},
        "rival_add": {"pk": zeta.pk},
        "reference_use_add": {"pk": zeta.pk},
        "contribution_remove": {"pk": mark.pk},
        "rival_remove": {"pk": rival.pk},
        "reference_remove": {"pk": use.pk},
        "api-plays": {"pk": play.pk},
        "api-contribution-marks": {"pk": mark.pk},
        "api-rival-outcomes": {"pk": rival.pk},
        "api-reference-uses": {"pk": use.pk},
        "contact_erase": {"pk": contact.pk},
        "erasure": {"pk": erasure.pk},
        "mention": {"pk": erasure.pk, "mention": mention.pk},
        "trash": {"of": "contact", "pk": gone_person.pk},
        "api-trash-accounts": {"pk": gone.pk},
        "api-trash-contacts": {"pk": gone_person.pk},
        "api-trash-interactions": {"pk": gone_talk.pk},
        "need": {"pk": need.pk},
        "need_raise": {"pk": zeta.pk},
        "goal": {"pk": goal.pk},
        "goal_set": {"pk": zeta.pk},
        "trust_step": {"pk": TrustStep.objects.get().pk},
        "api-urgent-needs": {"pk": need.pk},
        "api-account-goals": {"pk": goal.pk},
        "api-trust-steps": {"pk": TrustStep.objects.get().pk},
        "api-contact-loads": {"pk": zeta.pk},
        "hold_place": {"pk": zeta.pk},
        "hold_lift": {"pk": hold.pk},
        "usage_add": {"pk": zeta.pk},
        "renewal_add": {"pk": zeta.pk},
        "renewal_edit": {"pk": renewal.pk},
        "api-usage-findings": {"pk": finding.pk},
        "api-renewals": {"pk": renewal.pk},
        "api-person-facts": {"pk": fact.pk},
        "product_decision": {"pk": decision.pk},
        "api-product-decisions": {"pk": decision.pk},
        "evidence": {"pk": evidence.pk},
        "api-evidence": {"pk": evidence.pk},
        "account_merge": {"pk": zeta.pk, "other": twin.pk},
        "contact_duplicates": {"pk": zeta.pk},
        "contact_merge": {"pk": contact.pk, "other": second.pk},
        "duplicate": {"of": "accounts", "pk": pair.pk},
        "merge_undo": {"of": "accounts", "pk": merges[0].pk},
        "api-account-duplicates": {"pk": pair.pk},
        "api-contact-duplicates": {"pk": people_pair.pk},
        "api-account-merges": {"pk": merges[0].pk},
        "api-contact-merges": {"pk": merges[1].pk},
        "serves_add": {"pk": inside.pk},
        "serves_end": {"pk": inside.pk, "other": zeta.pk},
        "enrolment_add": {"pk": inside.pk},
        "enrolment_end": {"pk": enrolment.pk},
        "api-enrolments": {"pk": enrolment.pk},
        "account_cell": {"pk": zeta.pk, "field": "state"},
        "account": {"pk": zeta.pk, "account_id": zeta.pk},
        "api-accounts": {"pk": zeta.pk},
        "value_assess": {"pk": zeta.pk},
        "tier": {"pk": zeta.pk},
        "api-value-assessments": {"pk": score.pk},
        "api-tier-overrides": {"pk": tier.pk},
        "api-deals": {"pk": deal.pk},
        "api-products": {"pk": product.pk},
        "api-promises": {"pk": promise.pk},
        "api-strategic-entries": {"pk": entry.pk},
        "api-people": {"pk": owner.pk},
        "promise_add": {"pk": zeta.pk},
        "promise_settle": {"pk": promise.pk},
        "contact": {"pk": contact.pk},
        "contact_create": {"pk": zeta.pk},
        "api-contacts": {"pk": contact.pk},
        "strategic": {"pk": entry.pk},
        "interaction": {"pk": interaction.pk},
        "campaign": {"pk": campaign.pk},
        "campaign_delete": {"pk": draft_campaign.pk},
        "dial": {"pk": campaign.pk},
        "dial_draft": {"pk": target.pk},
        "target": {"pk": target.pk},
        "attempt_save": {"pk": target.pk},
        "attempt_undo": {"pk": attempt.pk},
        "question": {"pk": question.pk},
        "usage_sign": {"pk": sign.pk},
        "api-usage-signs": {"pk": sign.pk},
        "do_not_call": {"pk": contact.pk},
        "api-campaigns": {"pk": campaign.pk},
        "api-campaign-targets": {"pk": target.pk},
        "api-campaign-attempts": {"pk": attempt.pk},
        "preparation": {"pk": interaction.pk},
        "api-preparation-sheets": {"pk": interaction.pk},
        "experience": {"pk": story.pk},
        "api-experiences": {"pk": story.pk},
        "handover": {"pk": handed_over.pk},
        "api-handovers": {"pk": handed_over.pk},
        "api-interactions": {"pk": interaction.pk},
        "api-nps-answers": {"pk": answer.pk},
        "file": {"pk": file.pk},
        "api-files": {"pk": file.pk},
        "api-bulk-changes": {"pk": change.pk},
        "tag": {"pk": tag.pk},
        "api-tags": {"pk": tag.pk},
        "custom_field": {"pk": field.pk},
        "next_step": {"pk": step.pk},
        "api-next-steps": {"pk": step.pk},
        "curve_accounts": {"run_id": run.pk},
        "api-profit-runs": {"pk": run.pk},
        "api-ledger-lines": {"pk": line.pk},
        "flag": {"flag_id": flag.pk},
        "api-flags": {"pk": flag.pk},
        "hour_entry_create": {"account_id": zeta.pk},
        "review_fact_create": {"account_id": zeta.pk},
        "exit_plan": {"pk": plan.pk, "section": "why", "verb": "talk"},
        "exit_plan_panel": {"pk": zeta.pk},
        "api-exit-plans": {"pk": plan.pk},
        "import": {"pk": batch.pk},
        "api-imports": {"pk": batch.pk},
        "person": {"pk": owner.pk},
        "invitation_accept": {"token": token},
        "invitation": {"pk": invitation.pk},
        "token": {"pk": label.pk},
        "bulk_change": {"pk": change.pk},
        "export": {"pk": export.pk},
        "api-exports": {"pk": export.pk},
        "list": {"kind": "accounts"},
        "saved_view": {"pk": view.pk, "kind": "accounts"},
        "api-saved-views": {"pk": view.pk},
        "": {},
    }
    return World(cast, things)


def _merges(lead: User, zeta: Account) -> tuple[Any, Any]:
    """An account and a person that went up in others, both still to be undone."""
    versions = {"version": 1, "other_version": 1}
    gone = build.account(name="Zeta, entered twice")
    accounts = merge(actor=lead, winner=Account.objects.get(pk=zeta.pk), loser=gone, take={}, **versions)
    one, other = build.contact(account=zeta, name="Ola Berg"), build.contact(account=zeta, name="O. Berg")
    return accounts, merge(actor=lead, winner=one, loser=other, take={}, **versions)
