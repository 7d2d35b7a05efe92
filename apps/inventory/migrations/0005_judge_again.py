"""Certificates are judged more strictly: what was judged before is read once more with the next refresh."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget_versions(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("inventory", "Secret").objects.filter(is_tls=True).update(resource_version="")


class Migration(migrations.Migration):
    dependencies = [("inventory", "0004_root_of_the_system")]

    operations = [migrations.RunPython(forget_versions, migrations.RunPython.noop)]
