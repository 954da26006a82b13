from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "pmcrm.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from pmcrm.files import hangs
        from pmcrm.files.search import FILES
        from pmcrm.lists.search import register

        hangs.register()
        register(FILES)
