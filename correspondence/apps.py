from django.apps import AppConfig


class CorrespondenceConfig(AppConfig):
    name = "correspondence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from correspondence import trash

        trash.register()
