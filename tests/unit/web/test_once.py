"""A form sent twice acts once, also when both posts come at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier, Event

import pytest
from django.core.cache import cache

from apps.web.once import act_once, new_token

calls = count(1)


@pytest.fixture
def token():
    token = new_token()
    yield token
    cache.clear()


def test_second_post_gets_what_the_first_one_made(token):
    assert act_once(token, 1, lambda: "exp_1") == "exp_1"
    assert act_once(token, 1, lambda: "exp_2") == "exp_1"


def test_tokens_of_two_people_are_apart(token):
    act_once(token, 1, lambda: "exp_1")
    assert act_once(token, 2, lambda: "exp_2") == "exp_2"


def test_refused_form_may_be_sent_again(token):
    assert act_once(token, 1, lambda: None) is None
    assert act_once(token, 1, lambda: "exp_1") == "exp_1"


def test_error_forgets_the_token(token):
    with pytest.raises(ZeroDivisionError):
        act_once(token, 1, lambda: str(1 // 0))
    assert act_once(token, 1, lambda: "exp_1") == "exp_1"


def test_page_without_a_token_acts_every_time():
    assert act_once("", 1, lambda: "exp_1") == "exp_1"
    assert act_once("", 1, lambda: "exp_2") == "exp_2"


def test_post_that_comes_while_the_first_one_runs_waits_for_it(token):
    entered, go_on = Event(), Event()

    def slow():
        entered.set()
        go_on.wait(5)
        return "exp_1"

    with ThreadPoolExecutor() as pool:
        first = pool.submit(act_once, token, 1, slow)
        entered.wait(5)
        second = pool.submit(act_once, token, 1, lambda: "exp_2")
        go_on.set()
        assert (first.result(), second.result()) == ("exp_1", "exp_1")


def test_race_of_many_acts_once(token):
    barrier = Barrier(8)

    def post(_number):
        barrier.wait(5)
        return act_once(token, 1, lambda: f"exp_{next(calls)}")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(post, range(8)))) == 1
