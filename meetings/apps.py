from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from meetings import hangs, trash
        from meetings.handover import MEETINGS
        from meetings.services import required
        from meetings.services.following import needs_step
        from pmcrm.people import handover as charges
        from touchpoints.services import next_steps

        charges.register(MEETINGS)
        hangs.register()
        trash.register()
        required.register()
        next_steps.register_need(needs_step)
