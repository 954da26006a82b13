from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "pmcrm.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from pmcrm.files import hangs, trash
        from pmcrm.files.search import FILES
        from pmcrm.files.services import shared_with
        from pmcrm.lists.search import register
        from touchpoints.services.expectations import also_from

        hangs.register()
        trash.register()
        also_from(shared_with)
        register(FILES)
