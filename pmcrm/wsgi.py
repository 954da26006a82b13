"""The door for gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmcrm.settings")
application = get_wsgi_application()
# What is loaded now stays until the end: looking through it for garbage again and again would cost each page its time.
gc.collect()
gc.freeze()
