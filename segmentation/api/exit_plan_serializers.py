"""Bodies and answers of exit plans in the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from pmcrm.api.serializers import HoursField, InstantField, Serializer
from pmcrm.people.models import Pool
from segmentation import fair_offer, playbook, trade_off
from segmentation.models import ExitPlan
from segmentation.services.exit_plan_record import actions_for, gaps


class NamedPersonSerializer(Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class PlanAccountSerializer(Serializer):
    id = serializers.IntegerField()
    ref = serializers.CharField()
    name = serializers.CharField()


class CoalitionSerializer(Serializer):
    office = serializers.CharField()
    person = NamedPersonSerializer(allow_null=True)
    concern = serializers.CharField()
    evidence_shown = serializers.CharField()
    talked_on = serializers.DateField(allow_null=True)
    position = serializers.CharField()
    conditions = serializers.CharField()
    signed_at = InstantField(allow_null=True)
    waiver_reason = serializers.CharField()


class SignatureSerializer(Serializer):
    round = serializers.IntegerField()
    role = serializers.CharField()
    person = NamedPersonSerializer()
    decision = serializers.CharField()
    comment = serializers.CharField()
    content_hash = serializers.CharField()
    signed_at = InstantField()


class RemedySerializer(Serializer):
    slug = serializers.ChoiceField(choices=list(playbook.REMEDIES))
    is_tried = serializers.BooleanField()
    reason = serializers.CharField(max_length=10_000)


class PoolSerializer(Serializer):
    pool = serializers.ChoiceField(choices=Pool.choices)
    needed = HoursField(max_digits=10, decimal_places=2)
    displaced = HoursField(max_digits=10, decimal_places=2, required=False)
    used = serializers.DecimalField(max_digits=9, decimal_places=6, read_only=True, allow_null=True)
    idle = HoursField(read_only=True)
    extra = HoursField(max_digits=10, decimal_places=2, required=False)
    hiring = serializers.CharField(required=False, allow_blank=True, max_length=200)
    hiring_starts_on = serializers.DateField(required=False, allow_null=True)
    short_by = HoursField(read_only=True)


class DisplacedSerializer(Serializer):
    group = serializers.ChoiceField(choices=list(trade_off.GROUPS))
    text = serializers.CharField(max_length=300)


class OfferSerializer(Serializer):
    slug = serializers.ChoiceField(choices=list(fair_offer.OFFERS))
    details = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=2_000),
        help_text="A colleague or a partner’s account by id.",
    )
    stands_until = serializers.DateField(read_only=True, allow_null=True)
    is_expired = serializers.BooleanField(read_only=True)
    answer = serializers.CharField(read_only=True)
    answered_on = serializers.DateField(read_only=True, allow_null=True)
    done_on = serializers.DateField(read_only=True, allow_null=True)
    proof = serializers.CharField(read_only=True)


class TaskSerializer(Serializer):
    department = serializers.CharField()
    text = serializers.CharField()
    person = NamedPersonSerializer(allow_null=True)
    hours = HoursField(allow_null=True)
    done_on = serializers.DateField(source="finished_on", allow_null=True)
    result = serializers.CharField()


class ReviewSerializer(Serializer):
    department = serializers.ChoiceField(choices=list(fair_offer.TASKS))
    done_on = serializers.DateField(allow_null=True)
    result = serializers.CharField(allow_blank=True, max_length=10_000)


class PlanRowSerializer(Serializer):
    """A plan as a list shows it."""

    id = serializers.IntegerField()
    account = PlanAccountSerializer()
    state = serializers.ChoiceField(choices=list(playbook.STATES))
    path = serializers.ChoiceField(choices=list(fair_offer.PATHS))
    is_guarded = serializers.BooleanField()
    author = NamedPersonSerializer()
    sponsor = NamedPersonSerializer()
    signatures_needed = serializers.ListField(child=serializers.CharField())
    approval_round = serializers.IntegerField()
    created_at = InstantField()
    state_since = InstantField()
    changed_at = InstantField()
    version = serializers.IntegerField()
    actions = serializers.SerializerMethodField(help_text="What the caller may do now.")

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_actions(self, plan: ExitPlan) -> list[str]:
        return actions_for(plan, self.context["request"].user)


class PlanSerializer(PlanRowSerializer):
    """A plan with everything it says."""

    final_approver = NamedPersonSerializer(allow_null=True)
    guard_approver = NamedPersonSerializer(allow_null=True)
    refund_approver = NamedPersonSerializer(allow_null=True)
    evidence = serializers.JSONField()
    reason = serializers.CharField()
    statement = serializers.CharField()
    remedies = RemedySerializer(many=True)
    initiative = serializers.CharField()
    option_a = serializers.CharField()
    option_b = serializers.CharField()
    failure_chance = serializers.CharField()
    failure_reason = serializers.CharField()
    embarrassment = serializers.CharField()
    pools = PoolSerializer(many=True)
    displaced = DisplacedSerializer(many=True)
    none_reasons = serializers.DictField(child=serializers.CharField())
    department_lines = serializers.DictField(child=serializers.CharField())
    choice = serializers.CharField()
    if_then = serializers.CharField()
    offers = OfferSerializer(many=True)
    no_help_reason = serializers.CharField()
    tasks = TaskSerializer(many=True)
    coalition = CoalitionSerializer(many=True)
    signatures = SignatureSerializer(many=True)
    content_hash = serializers.CharField(source="snapshot.content_hash", default=None)
    missing = serializers.SerializerMethodField(help_text="By section, what is missing.")

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}})
    def get_missing(self, plan: ExitPlan) -> dict[str, list[str]]:
        return gaps(plan)


def _text(**options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=10_000, allow_blank=True, **options)


class ProposalSerializer(Serializer):
    account = serializers.IntegerField()
    sponsor = serializers.IntegerField(required=False, allow_null=True)
    reason = _text(required=False)


class SponsorSerializer(Serializer):
    statement = _text()
    talked_on = serializers.DateField(required=False, allow_null=True)


class TalkSerializer(Serializer):
    office = serializers.ChoiceField(choices=list(playbook.COALITION_ROLES))
    concern = _text(required=False)
    evidence_shown = _text(required=False)
    talked_on = serializers.DateField(required=False, allow_null=True)
    position = serializers.ChoiceField(choices=list(playbook.POSITIONS), required=False)
    conditions = _text(required=False)


class WaiverSerializer(Serializer):
    office = serializers.ChoiceField(choices=list(playbook.COALITION_ROLES))
    reason = _text()


class CommentSerializer(Serializer):
    comment = _text(required=False)


class ReasonSerializer(Serializer):
    reason = _text()


class AnswerSerializer(Serializer):
    offer = serializers.CharField(max_length=30)
    answer = serializers.ChoiceField(choices=list(fair_offer.ANSWERS))
    answered_on = serializers.DateField(required=False, allow_null=True)


class KeptSerializer(Serializer):
    offer = serializers.CharField(max_length=30)
    done_on = serializers.DateField(required=False, allow_null=True)
    proof = _text(required=False)


class NothingSerializer(Serializer):
    """No fields beside the version."""


class TradeOffSerializer(Serializer):
    initiative = _text(required=False)
    option_a = _text(required=False)
    option_b = _text(required=False)
    failure_chance = serializers.ChoiceField(choices=list(trade_off.CHANCES), required=False, allow_blank=True)
    failure_reason = _text(required=False)
    embarrassment = _text(required=False)
    pools = PoolSerializer(many=True, required=False)
    displaced = DisplacedSerializer(many=True, required=False)
    none_reasons = serializers.DictField(child=_text(), required=False)
    department_lines = serializers.DictField(child=_text(), required=False)
    choice = serializers.CharField(required=False, allow_blank=True)


class OfferSectionSerializer(Serializer):
    offers = OfferSerializer(many=True)
    no_help_reason = _text(required=False)
    tasks = ReviewSerializer(many=True, required=False)


class PeopleSerializer(Serializer):
    final_approver = serializers.IntegerField(allow_null=True)
    guard_approver = serializers.IntegerField(required=False, allow_null=True)
    refund_approver = serializers.IntegerField(required=False, allow_null=True)


class SectionsSerializer(Serializer):
    """Sections to save, any of them; all or none are saved."""

    reason = _text(required=False)
    remedies = RemedySerializer(many=True, required=False)
    trade_off = TradeOffSerializer(required=False)
    offer = OfferSectionSerializer(required=False)
    people = PeopleSerializer(required=False)
