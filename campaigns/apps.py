from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from campaigns import hangs, trash
        from campaigns.handover import CAMPAIGNS
        from pmcrm.people import handover as charges

        charges.register(CAMPAIGNS)
        hangs.register()
        trash.register()
