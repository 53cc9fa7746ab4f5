"""The Django program: console, member pages and the ordinary API."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wracam.config.settings")
application = get_wsgi_application()
