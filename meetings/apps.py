from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from meetings import hangs, trash
        from meetings.handover import MEETINGS
        from meetings.models import Channel
        from meetings.services import required
        from meetings.services.following import needs_step
        from meetings.services.planning import begin_planned
        from pmcrm.people import handover as charges
        from touchpoints import registry
        from touchpoints.services import interactions, next_steps

        charges.register(MEETINGS)
        hangs.register()
        trash.register()
        required.register()
        next_steps.register_need(needs_step)
        registry.narrow_by(registry.Narrowing("channel", _("How they meet"), "meeting__channel", Channel.choices))
        interactions.register_planned(begin_planned)
