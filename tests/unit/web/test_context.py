"""Theme and navigation as each role gets them."""

from types import SimpleNamespace

import pytest
from django.test import override_settings
from django.urls import path
from django.utils.translation import override

from apps.web import context
from apps.web.context import Ui, is_within, known_url


def page(request):
    raise AssertionError("only its address is needed")


NAMES = ["exposure_list", "request_list", "cluster_list", "cluster_register", "team_list", "user_list", "group_list"]
NAMES += ["audit_list", "profile"]
web = ([path("", page, name="home"), *(path(f"{name}/", page, name=name) for name in NAMES)], "web")
urlpatterns = [path("", (web[0], "web", "web"))]


@pytest.fixture(autouse=True)
def _few_pages():
    with override_settings(ROOT_URLCONF=__name__), override("en"):
        yield


def ui_of(rf, address="/", cookie="", **flags):
    request = rf.get(address)
    if flags:
        request.user = SimpleNamespace(**{"is_authenticated": True, "theme": "", **flags})
    if cookie:
        request.COOKIES[context.THEME_COOKIE] = cookie
    return Ui(request)


def labels(ui):
    return [[str(item.label) for item in group.items] for group in ui.nav]


MAIN = ["Home", "Exposures", "Requests"]


@pytest.mark.parametrize(
    ("flags", "platform"),
    [
        ({"is_platform_admin": True, "is_auditor": False}, ["Clusters", "Teams", "People", "Audit"]),
        ({"is_platform_admin": False, "is_auditor": True}, ["Clusters", "Teams", "People", "Audit"]),
        ({"is_platform_admin": False, "is_auditor": False}, ["Clusters", "Teams"]),
    ],
)
def test_navigation_by_role_holds_only_pages_that_exist(rf, flags, platform):
    assert labels(ui_of(rf, **flags)) == [MAIN, platform]


def test_navigation_shows_the_queue_first_to_those_who_decide(rf):
    assert labels(ui_of(rf, decides=True))[0] == ["Requests", "Home", "Exposures"]


@pytest.mark.parametrize(
    ("flags", "more"),
    [
        ({"is_platform_admin": True}, ["Profile", "Approver groups", "Register a cluster"]),
        ({"is_auditor": True}, ["Profile", "Approver groups"]),
        ({"is_auditor": False}, ["Profile"]),
    ],
)
def test_places_are_the_navigation_and_what_else_the_role_may_open(rf, flags, more):
    ui = ui_of(rf, **flags)
    main, platform = labels(ui)
    assert [str(place.label) for place in ui.places] == [*main, *platform, *more]


def test_shortcuts_lead_only_to_pages_that_exist(rf):
    found = [(shortcut.strokes, shortcut.url) for shortcut in ui_of(rf).shortcuts]
    assert found == [
        (["g", "h"], "/"),
        (["g", "e"], "/exposure_list/"),
        (["g", "r"], "/request_list/"),
        (["g", "c"], "/cluster_list/"),
    ]


@pytest.mark.parametrize(("flags", "on"), [({}, False), ({"shortcuts": True}, True), ({"shortcuts": False}, False)])
def test_shortcuts_are_for_people_who_left_them_on(rf, flags, on):
    assert ui_of(rf, **flags).has_shortcuts is on


def test_navigation_marks_the_section_of_the_page(rf):
    ui = ui_of(rf, "/exposure_list/shop/", is_platform_admin=False)
    assert [item.url for group in ui.nav for item in group.items if item.active] == ["/exposure_list/"]


@pytest.mark.parametrize(
    ("chosen", "cookie", "theme", "scheme"),
    [
        ("dark", "light", "dark", "dark"),
        ("", "contrast", "contrast", "contrast"),
        ("", "", "system", "light"),
        ("", "pink", "system", "light"),
    ],
)
def test_theme_of_the_person_wins_over_the_cookie(rf, chosen, cookie, theme, scheme):
    ui = ui_of(rf, cookie=cookie, theme=chosen)
    assert (ui.theme, ui.scheme) == (theme, scheme)


def test_request_without_authentication_has_no_user(rf):
    ui = ui_of(rf)
    assert (ui.user, ui.theme, ui.role) == (None, "system", "")


@pytest.mark.parametrize(
    ("flags", "role"),
    [({"is_platform_admin": True}, "Platform admin"), ({"is_auditor": True}, "Auditor"), ({"is_auditor": False}, "")],
)
def test_role_in_words(rf, flags, role):
    assert str(ui_of(rf, **flags).role) == role


def test_languages_are_named_in_themselves(rf):
    assert ui_of(rf).languages == [("en", "English"), ("zh-hans", "简体中文")]


def test_known_url_of_a_page_that_does_not_exist_is_empty():
    assert known_url("web:no_such_page") == ""


@pytest.mark.parametrize(
    ("address", "url", "inside"), [("/", "/", True), ("/teams/", "/", False), ("/teams/web/", "/teams/", True)]
)
def test_is_within(address, url, inside):
    assert is_within(address, url) is inside
