"""Answers speak the language of who asks: `Accept-Language` first, then the profile."""

from __future__ import annotations

from tests.integration.api.calls import Caller, wish

ENGLISH = "elsewhere.example.org is in no zone that was granted to team web."
CHINESE = "elsewhere.example.org 不在已授权给团队 web 的任何域名区域内。"


def refused(caller: Caller, **headers: str) -> dict[str, str]:
    answer = caller.post("exposures/", wish(host="elsewhere.example.org"), **headers)
    assert answer.status_code == 422, answer.body
    return answer.body["errors"][0]


def test_a_refusal_is_english_when_nothing_else_is_asked_for(developer: Caller) -> None:
    assert refused(developer)["message"] == ENGLISH


def test_a_refusal_is_chinese_for_whoever_accepts_chinese(developer: Caller) -> None:
    problem = developer.post("exposures/", wish(host="elsewhere.example.org"), Accept_Language="zh-Hans").body
    error = problem["errors"][0]

    assert (problem["title"], error["code"], error["field"]) == ("不符合规则", "host_not_allowed", "host")
    assert error["message"] == CHINESE
    assert error["hint"] == "请使用 .dev.example.net 下的名称，或向平台管理员申请该域名区域。"


def test_browser_names_of_chinese_are_understood(developer: Caller) -> None:
    for accepted in ("zh-CN,zh;q=0.9,en;q=0.8", "zh", "zh-SG"):
        assert refused(developer, Accept_Language=accepted)["message"] == CHINESE


def test_the_profile_decides_where_the_caller_asks_for_nothing(developer: Caller) -> None:
    developer.user.language = "zh-hans"
    developer.user.save()

    assert refused(developer)["message"] == CHINESE
    assert refused(developer, Accept_Language="en")["message"] == ENGLISH
