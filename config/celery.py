import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("manyhands")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Each job on a new connection of the database would cost more than most jobs: it is looked at before each
# (`core.job_log.began`), and kept while it is well.
app.conf["CELERY_DB_REUSE_MAX"] = 10_000
app.autodiscover_tasks(related_name="jobs")
