from django.apps import AppConfig


class SegmentationConfig(AppConfig):
    name = "segmentation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from pmcrm.exchange.registry import register
        from segmentation.imports import HOURS, LEDGER

        register(LEDGER)
        register(HOURS)
