from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from meetings import hangs, trash
        from meetings.handover import MEETINGS
        from meetings.services import required
        from pmcrm.people import handover as charges

        charges.register(MEETINGS)
        hangs.register()
        trash.register()
        required.register()
