import os

from operations.provider.running import run

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
run()
