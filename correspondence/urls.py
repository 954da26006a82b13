"""The pages of correspondence and its part of the API: calendars and mail, in and out, and reminders."""

from django.urls import URLPattern, URLResolver, path

from correspondence.api import CalendarFeed, Mails
from correspondence.views import calendars, mails, wishes
from pmcrm.api.endpoints import routes

urlpatterns: list[URLPattern | URLResolver] = [
    path("mails/", mails.mail_list, name="mail_list"),
    path("mails/upload/", mails.mail_upload, name="mail_upload"),
    path("mails/<int:pk>/", mails.mail_detail, name="mail_detail"),
    path("mails/<int:pk>/log/", mails.mail_log, name="mail_log"),
    path("mails/<int:pk>/aside/", mails.mail_aside, name="mail_aside"),
    path("mails/<int:pk>/source/", mails.mail_source, name="mail_source"),
    path("mails/<int:pk>/assign/", mails.mail_assign, name="mail_assign"),
    path("mails/<int:pk>/discard/", mails.mail_discard, name="mail_discard"),
    path("calendar/imports/", calendars.calendar_import_list, name="calendar_import_list"),
    path("calendar/imports/upload/", calendars.calendar_import_upload, name="calendar_import_upload"),
    path("calendar/imports/<int:pk>/", calendars.calendar_import_detail, name="calendar_import_detail"),
    path("calendar/imports/<int:pk>/zones/", calendars.calendar_import_zones, name="calendar_import_zones"),
    path("calendar/imports/<int:pk>/run/", calendars.calendar_import_run, name="calendar_import_run"),
    path("calendar/imports/<int:pk>/choose/", calendars.calendar_import_choose, name="calendar_import_choose"),
    path("calendar/imports/<int:pk>/revert/", calendars.calendar_import_revert, name="calendar_import_revert"),
    path("calendar/<str:token>.ics", calendars.calendar_feed, name="calendar_feed"),
    path("settings/mail-and-calendar/", wishes.wishes_edit, name="wishes_edit"),
    path("settings/calendar-feed/renew/", wishes.feed_renew, name="feed_renew"),
    path("settings/calendar-feed/revoke/", wishes.feed_revoke, name="feed_revoke"),
    path("reminders/", wishes.reminder_list, name="reminder_list"),
]
api_urlpatterns: list[URLPattern | URLResolver] = routes(mails=Mails, calendar_feed=CalendarFeed)
