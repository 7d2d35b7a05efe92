"""Entry point of the web processes."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()

# What is loaded now stays until the process ends. Without this, the collector walks through all of it (0.1 s) in one of
# some ten requests.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
