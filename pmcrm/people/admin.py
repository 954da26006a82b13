"""Django's admin for administrators: people to look up, departments and schedules to change, and nothing else.

Customers' data is not here: it would go past `visible_to` and the view log. People are changed on their own page,
where the trail is written and the last administrator is kept. Sign-in is the product's own, so its second step holds.
"""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest
from django_celery_beat.admin import PeriodicTaskAdmin
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from pmcrm.people.models import Department, User


class Site(admin.AdminSite):
    site_header = site_title = "PMCRM"
    index_title = "People and schedules"


site = Site(name="admin")
site.login = secure_admin_login(site.login)  # type: ignore[method-assign]  # allauth's documented way


@admin.register(User, site=site)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ["name", "email", "roles", "office", "department", "is_active", "last_login"]
    list_filter = ["is_active", "office", "department"]
    search_fields = ["name", "email"]
    exclude = ["password"]

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(Department, site=site)
class DepartmentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable at run time
    list_display = ["name", "pool"]


site.register(PeriodicTask, PeriodicTaskAdmin)
site.register(IntervalSchedule)
site.register(CrontabSchedule)
