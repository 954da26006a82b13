"""The Celery application: `celery -A pmcrm worker` and `celery -A pmcrm beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmcrm.settings")

app = Celery("pmcrm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
