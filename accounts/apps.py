from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.handover import CHARGES
        from pmcrm.people import handover

        for charge in CHARGES:
            handover.register(charge)
