from django.apps import AppConfig


class TouchpointsConfig(AppConfig):
    name = "touchpoints"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from pmcrm.people import handover
        from touchpoints.handover import CHARGES

        for charge in CHARGES:
            handover.register(charge)
