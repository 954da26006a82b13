from django.apps import AppConfig


class TouchpointsConfig(AppConfig):
    name = "touchpoints"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.listing import talks
        from pmcrm.exchange.registry import register
        from pmcrm.lists import registry as lists
        from pmcrm.lists import search as kinds
        from pmcrm.people import handover as charges
        from touchpoints import hangs, trash
        from touchpoints.forms.filters import InteractionFilters
        from touchpoints.forms.pain_filters import PainFilters
        from touchpoints.handover import GOALS, NEEDS, NEXT_STEPS
        from touchpoints.imports import KINDS
        from touchpoints.models.interaction import last_talk_of_person
        from touchpoints.search import INTERACTIONS, PAINS
        from touchpoints.services import gates
        from touchpoints.services.heeding import heed_load
        from touchpoints.services.holds import heed_holds

        for kind in KINDS:
            register(kind)
        kinds.register(INTERACTIONS)
        kinds.register(PAINS)
        lists.register(InteractionFilters)
        lists.register(PainFilters)
        for charge in (NEXT_STEPS, NEEDS, GOALS):
            charges.register(charge)
        talks.register(last_talk_of_person)
        gates.register(gates.HOLDS, heed_holds)
        gates.register(gates.LOAD, heed_load)
        hangs.register()
        trash.register()
