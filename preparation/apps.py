from django.apps import AppConfig


class PreparationConfig(AppConfig):
    name = "preparation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from preparation import hangs
        from preparation.services.gate import heed_first_contact
        from touchpoints.services import gates

        hangs.register()
        gates.register("preparation", heed_first_contact)
