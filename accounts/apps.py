from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import hangs, trash
        from accounts.forms import AccountFilters, ContactFilters
        from accounts.handover import CHARGES
        from accounts.imports import KINDS
        from accounts.search import register_kinds
        from pmcrm.exchange.registry import register
        from pmcrm.lists import registry as lists
        from pmcrm.people import handover

        register_kinds()
        lists.register(AccountFilters)
        lists.register(ContactFilters)
        hangs.register()
        trash.register()
        for kind in KINDS:
            register(kind)
        for charge in CHARGES:
            handover.register(charge)
