from django.apps import AppConfig


class SegmentationConfig(AppConfig):
    name = "segmentation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from pmcrm.exchange.registry import register
        from pmcrm.lists import search as kinds
        from pmcrm.people import handover as charges
        from segmentation import hangs, trash
        from segmentation.handover import DECISIONS
        from segmentation.imports import HOURS, LEDGER
        from segmentation.search import EXIT_PLANS

        register(LEDGER)
        register(HOURS)
        kinds.register(EXIT_PLANS)
        charges.register(DECISIONS)
        hangs.register()
        trash.register()
