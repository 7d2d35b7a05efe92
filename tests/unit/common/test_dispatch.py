"""Waking workers: after the commit only, and never at the price of the caller's request."""

from __future__ import annotations

import logging

import pytest
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from apps.common.dispatch import dispatch, send_now


@pytest.fixture
def sent(monkeypatch):
    messages = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: messages.append((name, args)))
    return messages


@pytest.mark.django_db(transaction=True)
def test_task_is_sent_after_the_commit_only(sent):
    with transaction.atomic():
        dispatch("a.task", "id_1")
        assert sent == []

    assert sent == [("a.task", ("id_1",))]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_after_a_rollback(sent):
    with transaction.atomic():
        dispatch("a.task", "id_1")
        transaction.set_rollback(True)

    assert sent == []


@pytest.mark.parametrize("error", [OperationalError("no broker"), ConnectionRefusedError()])
def test_broker_that_is_down_costs_a_log_line(error, monkeypatch, caplog):
    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr(current_app, "send_task", refuse)

    with caplog.at_level(logging.WARNING):
        assert send_now("a.task", "id_1") is False
    assert [record.getMessage() for record in caplog.records] == ["broker_unreachable"]
