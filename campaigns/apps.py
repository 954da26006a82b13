from django.apps import AppConfig
from django.db.models.signals import post_save


class CampaignsConfig(AppConfig):
    name = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from campaigns import hangs, trash
        from campaigns.handover import CAMPAIGNS
        from campaigns.services.corrections import follow_interaction
        from pmcrm.people import handover as charges
        from touchpoints.models import Interaction

        post_save.connect(follow_interaction, sender=Interaction, dispatch_uid="campaigns follow calls")
        charges.register(CAMPAIGNS)
        hangs.register()
        trash.register()
