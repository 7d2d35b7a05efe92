"""What the schedule starts exists: a name without a task would be woken again and again for nothing."""

from __future__ import annotations

from portal.celery import app
from portal.schedules import JOBS


def test_every_job_names_a_task_that_workers_know() -> None:
    app.loader.import_default_modules()
    assert [job.task for job in JOBS if job.task not in app.tasks] == []


def test_jobs_are_told_apart_by_name() -> None:
    names = [job.name for job in JOBS]
    assert len(names) == len(set(names))
