"""The ground of the API at /api/v1/: problems, tokens, idempotent writes, serializers. How to write an endpoint:

    class AccountEndpoint(Collection):                      # pmcrm.lists.api: list and retrieve are there
        rights = {"list": "account.read", "retrieve": "account.read",
                  "create": "account.create", "partial_update": "account.write", "archive": "account.write"}
        serializer_class = AccountSerializer                # pmcrm.api.serializers.ModelSerializer
        orderings = {"name": "sort_name", "revenue": "figures__revenue_12m"}      # ?ordering=-revenue; first = default
        filters = {"state": Filter(forms.ChoiceField(choices=State.choices))}     # ?state=customer
        is_searchable = True                                # ?search=, by the QuerySet's own `matching`

        def get_queryset(self):
            return Account.objects.visible_to(self.person)  # the only source of rows: what is not in it is 404

        def create(self, request):
            account = services.create_account(actor=self.person, **self.checked())   # 400 with a sentence per field
            return self.created(account)                    # 201 with Location

        def partial_update(self, request, pk):
            account = self.get_object()
            changed = services.edit_account(actor=self.person, account=account, version=self.expected_version(),
                                            **self.checked(partial=True))
            return self.answer(changed)

        @action(detail=True, methods=["post"])
        def archive(self, request, pk): ...

    api_urlpatterns = routes(accounts=AccountEndpoint)      # in urls.py

Every action needs its right, taken from the one table; a class without one fails when it is imported. Services raise
RuleViolation (422) and StaleVersion (409); nobody catches them. Writes with an Idempotency-Key run once by themselves.
"""
