"""The schedule: each job starts once when due, however many schedulers look."""

from __future__ import annotations

import os
import signal
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.utils.module_loading import import_string

from apps.common.management.commands import scheduler
from apps.common.models import Schedule
from apps.common.scheduling import LONGEST_PAUSE, Job, pause_until_next, start_due

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SOON = Job("soon", "tasks.soon", timedelta(seconds=30))
LATE = Job("late", "tasks.late", timedelta(hours=1))


@pytest.fixture
def sent():
    return []


def test_new_jobs_start_at_once(sent):
    assert start_due([SOON, LATE], now=NOW, send=sent.append) == [SOON, LATE]
    assert sent == ["tasks.soon", "tasks.late"]


def test_job_starts_again_only_when_due(sent):
    start_due([SOON], now=NOW, send=sent.append)

    assert start_due([SOON], now=NOW + timedelta(seconds=29), send=sent.append) == []
    assert start_due([SOON], now=NOW + timedelta(seconds=30), send=sent.append) == [SOON]
    row = Schedule.objects.get()
    assert (row.last_run_at, row.next_run_at) == (NOW + timedelta(seconds=30), NOW + timedelta(seconds=60))


def test_second_scheduler_at_the_same_moment_starts_nothing(sent):
    start_due([SOON], now=NOW, send=sent.append)

    assert start_due([SOON], now=NOW, send=sent.append) == []
    assert sent == ["tasks.soon"]


def test_missed_runs_are_not_made_up_for(sent):
    start_due([SOON], now=NOW, send=sent.append)

    start_due([SOON], now=NOW + timedelta(hours=5), send=sent.append)
    start_due([SOON], now=NOW + timedelta(hours=5, seconds=1), send=sent.append)

    assert sent == ["tasks.soon"] * 2


def test_shorter_interval_takes_effect_at_once(sent):
    start_due([LATE], now=NOW, send=sent.append)
    sooner = Job(LATE.name, LATE.task, timedelta(seconds=10))

    assert start_due([sooner], now=NOW + timedelta(seconds=1), send=sent.append) == [sooner]


def test_pause_lasts_until_the_next_job_but_never_long():
    start_due([SOON, LATE], now=NOW, send=lambda task: None)

    assert pause_until_next([SOON, LATE], now=NOW + timedelta(seconds=28)) == timedelta(seconds=2)
    assert pause_until_next([SOON, LATE], now=NOW + timedelta(seconds=40)) == timedelta(0)
    assert pause_until_next([LATE], now=NOW) == LONGEST_PAUSE
    assert pause_until_next([], now=NOW) == LONGEST_PAUSE


@pytest.mark.parametrize("count", [1, 3])
def test_nothing_due_costs_one_query_and_one_look_per_job(count, django_assert_num_queries):
    jobs = [Job(f"job {number}", "tasks.any", timedelta(hours=1)) for number in range(count)]
    start_due(jobs, now=NOW, send=lambda task: None)

    with django_assert_num_queries(1 + count):
        start_due(jobs, now=NOW, send=lambda task: None)


def test_schedule_names_only_tasks_that_exist():
    jobs = import_string(scheduler.SCHEDULE)

    assert [import_string(job.task).name for job in jobs] == [job.task for job in jobs]
    assert len({job.name for job in jobs}) == len(jobs)


def test_database_that_is_away_does_not_end_the_scheduler(monkeypatch):
    def fail(*args, **kwargs):
        raise DatabaseError("away")

    monkeypatch.setattr(scheduler, "start_due", fail)

    assert scheduler.run_once([SOON]) == scheduler.PAUSE_AFTER_FAILURE


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_scheduler_ends_cleanly_on_a_signal(number, monkeypatch):
    runs: list[object] = []

    def run_once(jobs: object) -> timedelta:
        runs.append(jobs)
        return timedelta(seconds=30)

    monkeypatch.setattr(scheduler, "run_once", run_once)
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    timer = threading.Timer(0.1, os.kill, (os.getpid(), number))
    timer.start()

    started = time.monotonic()

    call_command("scheduler", skip_checks=True)

    timer.join()
    for each, handler in before.items():
        signal.signal(each, handler)
    # One round, and not the half minute until the next: the signal ended the pause.
    assert (len(runs), time.monotonic() - started < 20) == (1, True)
