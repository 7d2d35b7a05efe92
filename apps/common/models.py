"""The schedule: one row per recurring job, claimed by compare-and-set, so any number of schedulers may run."""

from __future__ import annotations

from django.db import models


class Schedule(models.Model):
    """When a recurring job is due next. The jobs themselves are listed in `portal/schedules.py`."""

    name = models.CharField(max_length=80, primary_key=True)
    next_run_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "common_schedule"

    def __str__(self) -> str:
        return self.name
