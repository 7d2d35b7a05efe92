"""The context processor `ui`: theme, language and navigation of whoever looks at the page.

Entries whose page does not exist are left out, and nothing here asks the database, so error pages may use it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

THEME_COOKIE = "portico_theme"
THEMES = {"system": _("As the system"), "light": _("Light"), "dark": _("Dark"), "contrast": _("High contrast")}

Entry = tuple[str, str | Promise, str]
MAIN: list[Entry] = [
    ("web:home", _("Home"), "house"),
    ("web:exposure_list", _("Exposures"), "globe"),
    ("web:certificate_list", _("Certificates"), "shield-check"),
    ("web:request_list", _("Requests"), "inbox"),
]
CLUSTERS: Entry = ("web:cluster_list", _("Clusters"), "server")
TEAMS: Entry = ("web:team_list", _("Teams"), "users")
AUDIT: Entry = ("web:audit_list", _("Audit"), "scroll-text")
ADMIN: list[Entry] = [
    CLUSTERS,
    ("web:domain_list", _("Domains"), "network"),
    TEAMS,
    ("web:user_list", _("People"), "user"),
    AUDIT,
]


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str | Promise
    icon: str
    url: str
    active: bool


@dataclass(frozen=True, slots=True)
class NavGroup:
    title: str | Promise
    items: list[NavItem]


class Ui:
    """What base.html reads as `ui`; each part is computed when a template first asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def user(self) -> object | None:
        """The signed-in user, or None (also where no authentication has run, as on an error page)."""
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def theme(self) -> str:
        chosen = getattr(self.user, "theme", "") or self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else "system"

    @property
    def scheme(self) -> str:
        """The value of data-bs-theme until theme.js has asked the system."""
        return "light" if self.theme == "system" else self.theme

    @property
    def themes(self) -> dict[str, str | Promise]:
        return dict(THEMES)

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Each language by its own name, so that it is found by those who need it."""
        return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]

    @cached_property
    def nav(self) -> list[NavGroup]:
        platform = getattr(self.user, "is_platform_admin", False)
        auditor = getattr(self.user, "is_auditor", False)
        second = ADMIN if platform else [CLUSTERS, TEAMS, AUDIT] if auditor else [CLUSTERS, TEAMS]
        groups = [NavGroup("", self._items(MAIN)), NavGroup(_("Platform"), self._items(second))]
        return [group for group in groups if group.items]

    @property
    def role(self) -> str | Promise:
        if getattr(self.user, "is_platform_admin", False):
            return _("Platform admin")
        return _("Auditor") if getattr(self.user, "is_auditor", False) else ""

    @property
    def search_url(self) -> str:
        return known_url("web:exposure_list")

    @property
    def preferences_url(self) -> str:
        return known_url("web:preferences")

    @property
    def profile_url(self) -> str:
        return known_url("web:profile")

    @property
    def tokens_url(self) -> str:
        return known_url("web:token_list")

    @property
    def sign_in_url(self) -> str:
        return known_url(settings.LOGIN_URL)

    @property
    def sign_out_url(self) -> str:
        return known_url("account_logout")

    @property
    def home_url(self) -> str:
        return known_url("web:home") or "/"

    def _items(self, entries: Iterable[Entry]) -> list[NavItem]:
        found = [(known_url(name), label, icon) for name, label, icon in entries]
        return [NavItem(label, icon, url, is_within(self.request.path, url)) for url, label, icon in found if url]


def known_url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def is_within(path: str, url: str) -> bool:
    """Whether `path` belongs to the section at `url`; the start page holds nothing but itself."""
    return path == url or (url != "/" and path.startswith(url))


def ui(request: HttpRequest) -> dict[str, Ui]:
    return {"ui": Ui(request)}
