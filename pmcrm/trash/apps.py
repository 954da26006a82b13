from django.apps import AppConfig


class TrashConfig(AppConfig):
    name = "pmcrm.trash"
    label = "trash"
    default_auto_field = "django.db.models.BigAutoField"
