import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from core import doorbell
from web.front import before

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = before(get_wsgi_application())
doorbell.warm_up()
# Every page is imported now, and what a process keeps for good is put out of the collector's sight: to look through it
# again took 150 ms, in the middle of one request in ten on the largest pages.
assert get_resolver().url_patterns
gc.collect()
gc.freeze()
