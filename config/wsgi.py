import os

from django.core.wsgi import get_wsgi_application

from core import doorbell
from web.front import before

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = before(get_wsgi_application())
doorbell.warm_up()
