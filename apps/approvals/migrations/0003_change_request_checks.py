from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_append_only")]

    operations = [
        migrations.AddField(model_name="changerequest", name="checks", field=models.JSONField(default=dict)),
    ]
