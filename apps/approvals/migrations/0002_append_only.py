from django.db import migrations

from apps.common.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial")]
    operations = [append_only("approvals_decision"), append_only("approvals_requestevent")]
