from django.contrib.admin.apps import AdminConfig


class ReferenceConfig(AdminConfig):
    default_site = "web.staff.site.ReferenceSite"
