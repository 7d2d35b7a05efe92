"""The leaf components as the pages get them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.utils import timezone
from django.utils.translation import override

from apps.web.templatetags.portico import STATE_ICONS, STATE_WORDS, message_kind, sparkline, way


def rendered(source, **values):
    """The markup without the comment line each component starts with."""
    return Template(source).render(Context(values)).strip()


def test_icon_without_label_is_hidden_from_screen_readers():
    assert rendered('{% icon "check" "s" %}') == (
        '<svg class="i i-s" aria-hidden="true"><use href="/static/icons.svg#check"/></svg>'
    )


def test_icon_with_label_is_an_image():
    assert rendered('{% icon "check" label="Done" %}') == (
        '<svg class="i" role="img" aria-label="Done"><use href="/static/icons.svg#check"/></svg>'
    )


@pytest.mark.parametrize("kind", list(STATE_ICONS))
def test_state_has_icon_and_word(kind):
    html = rendered("{% state kind 'Serving' %}", kind=kind)
    assert (f"icons.svg#{STATE_ICONS[kind]}" in html, "Serving" in html, f'class="state {kind}"' in html) == (True,) * 3


def test_every_state_has_an_icon_and_a_word():
    assert set(STATE_ICONS) == set(STATE_WORDS)


def test_environment_unknown_shows_its_own_name():
    assert rendered('{% environment "lab" %}') == '<span class="env env-lab">lab</span>'


@pytest.mark.parametrize(("name", "initials"), [("developer", "DE"), ("李 雷", "李雷"), ("", "")])
def test_avatar_shows_two_letters(name, initials):
    assert rendered("{% avatar name %}", name=name) == f'<span class="avatar" aria-hidden="true">{initials}</span>'


def test_when_carries_the_exact_moment():
    html = rendered("{% when moment %}", moment=datetime(2026, 11, 23, 14, 2, 11, tzinfo=UTC))
    assert 'datetime="2026-11-23T14:02:11+00:00"' in html


@pytest.mark.parametrize(
    ("apart", "words"),
    [
        (timedelta(minutes=5, seconds=1), "5 minutes ago"),
        (timedelta(hours=3, minutes=20), "3 hours ago"),
        (timedelta(days=1, hours=3), "1 day ago"),
        (timedelta(days=23, hours=5), "3 weeks ago"),
        (timedelta(days=-2, hours=-5), "2 days from now"),
        (timedelta(days=-40), "1 month from now"),
    ],
)
def test_when_speaks_in_one_unit_as_the_browser_does(apart, words):
    with override("en"):
        html = rendered("{% when moment %}", moment=timezone.now() - apart)
    assert html.partition(">")[2].removesuffix("</relative-time>").replace("\xa0", " ") == words


@pytest.mark.parametrize(
    ("apart", "words"),
    [
        (timedelta(minutes=5, seconds=1), "5 分钟前"),
        (timedelta(hours=1), "1 小时前"),
        (timedelta(days=2, hours=1), "2 天前"),
        (timedelta(days=-40), "1 个月后"),
    ],
)
def test_when_speaks_chinese_with_a_blank_and_without_an_english_word(apart, words):
    with override("zh-hans"):
        html = rendered("{% when moment %}", moment=timezone.now() - apart)
    assert html.partition(">")[2].removesuffix("</relative-time>").replace("\xa0", " ") == words
    assert ' prefix=""' in html


def test_when_without_a_moment_shows_a_dash():
    assert rendered("{% when None %}") == '<span class="muted">–</span>'


@pytest.mark.parametrize(("level", "kind"), [("success", "ok"), ("error", "bad"), ("warning", "wait"), ("info", "run")])
def test_message_kind(level, kind):
    assert message_kind(level) == kind


def test_manifest_is_marked_up_and_escaped():
    html = rendered("{% manifest text %}", text='key: "<script>"\n')
    assert ('<span class="nt">key</span>' in html, "<script>" in html, "&lt;script&gt;" in html) == (True, False, True)


def test_field_diff_shows_what_was_not_set_as_a_dash():
    html = rendered("{% field_diff changes %}", changes=[{"label": "Host", "before": "", "after": "a.example"}])
    assert '<td class="none" data-label="Now">–</td>' in html
    assert '<td class="then" data-label="Then">a.example</td>' in html


def test_life_stays_within_its_bounds():
    assert [
        f'value="{value}"' in rendered("{% life given 'x' %}", given=given) for given, value in [(-3, 0), (140, 100)]
    ] == [
        True,
        True,
    ]


def hop(state):
    return {"icon": "box", "title": "Hop", "lines": [], "state": state}


def test_way_behind_a_broken_hop_is_not_known():
    drawn = way([hop("ok"), hop("ok"), hop("bad"), hop("ok")])["hops"]
    assert [(item["state"], item["cut"]) for item in drawn] == [
        ("ok", False),
        ("ok", True),
        ("bad", True),
        ("mute", False),
    ]


def test_way_in_order_is_whole():
    drawn = way([hop("ok"), hop("ok")])["hops"]
    assert [(item["state"], item["cut"]) for item in drawn] == [("ok", False), ("ok", False)]


@pytest.mark.parametrize(
    ("values", "lines", "gaps"),
    [
        ([], [], []),
        ([5], ["0.0,3.0 0.0,3.0"], []),
        ([1, 3], ["0.0,15.0 96.0,3.0"], []),
        ([0, 0], ["0.0,21.0 96.0,21.0"], []),
        ([2, None, 1], ["0.0,3.0 0.0,3.0", "96.0,12.0 96.0,12.0"], ["48.0"]),
        ([None, None], [], ["0.0", "96.0"]),
    ],
)
def test_sparkline_scales_from_nothing_to_the_highest_and_leaves_gaps(values, lines, gaps):
    drawn = sparkline(values, "Latency")
    assert (drawn["lines"], drawn["gaps"]) == (lines, gaps)


def test_sparkline_leaves_room_for_values_to_come():
    assert sparkline([2, 1], "Latency", slots=5)["lines"] == ["72.0,3.0 96.0,12.0"]


def test_pagination_keeps_the_other_filters(rf):
    request = rf.get("/", {"q": "shop", "page": "2"})
    page = Paginator(range(30), 10).page(2)
    html = Template("{% pagination page %}").render(RequestContext(request, {"page": page}))
    assert ('href="?q=shop&amp;page=1"' in html, 'href="?q=shop&amp;page=3"' in html, "11–20 of 30" in html) == (
        True,
    ) * 3


def test_pagination_of_a_single_page_is_nothing(rf):
    page = Paginator(range(3), 10).page(1)
    assert Template("{% pagination page %}").render(RequestContext(rf.get("/"), {"page": page})).strip() == ""


def test_copy_takes_its_text_from_the_source_when_one_is_named():
    html = rendered("{% copy source='manifest' %}")
    assert ('for="manifest"' in html, "value=" in html) == (True, False)


def test_tab_in_use_is_marked_and_zero_is_shown():
    with override("en"):
        html = rendered("{% tab 'Requests' '/x/' True count=0 %}")
    assert html == '<a href="/x/" aria-current="page">Requests <span class="count-soft">0</span></a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("The output of `kubectl get`.", "The output of <code>kubectl get</code>."),
        ("`<b>` is no markup", "<code>&lt;b&gt;</code> is no markup"),
        ("One ` alone stays.", "One ` alone stays."),
        ("<i>plain</i>", "&lt;i&gt;plain&lt;/i&gt;"),
    ],
)
def test_coded_shows_what_stands_between_backticks_as_code(text, html):
    assert rendered("{{ text|coded }}", text=text) == html
