"""The recurring jobs of the product. `manage.py scheduler` starts them; what they find to do stands in rows."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from apps.common.scheduling import Job

INVENTORY_AGE = timedelta(seconds=30 if settings.PORTICO_ENV == "demo" else 60)

JOBS = [
    Job("check clusters", "apps.clusters.tasks.check_all", timedelta(seconds=30)),
    Job("refresh inventory", "apps.inventory.tasks.refresh_all", INVENTORY_AGE),
    Job("sweep deliveries", "apps.delivery.tasks.sweep", timedelta(seconds=5)),
    Job("recheck exposures", "apps.delivery.tasks.recheck_all", timedelta(seconds=60)),
    Job("note drift", "apps.delivery.tasks.note_drifts_of_all", INVENTORY_AGE),
    Job("check wildcards in DNS", "apps.domains.tasks.check_wildcards", timedelta(seconds=30)),
    Job("check hosts in DNS", "apps.delivery.tasks.check_names", timedelta(seconds=30)),
    Job("tell of certificates", "apps.exposures.tasks.tell_of_certificates", timedelta(minutes=5)),
    Job("tell of tokens that expire", "apps.notices.tasks.tell_expiring_tokens", timedelta(hours=1)),
    Job("forget old notices", "apps.notices.tasks.forget_old", timedelta(hours=6)),
    Job("forget old drafts", "apps.drafts.tasks.forget_old", timedelta(hours=6)),
]
