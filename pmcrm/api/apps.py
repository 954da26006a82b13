from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "pmcrm.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import pmcrm.api.schema  # noqa: F401  importing it tells drf-spectacular about our tokens
