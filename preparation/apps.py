from django.apps import AppConfig


class PreparationConfig(AppConfig):
    name = "preparation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from preparation import hangs

        hangs.register()
