"""The context processor `ui`: theme, language and navigation of whoever looks at the page.

Entries whose page does not exist are left out. Only the frame asks the database: one count of unread notices, and for
those who decide on requests, for a group or a team, one of what waits. Error pages have no frame, so they may use the
rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.enums import Density
from apps.accounts.models import User
from apps.approvals.selectors import awaiting_count
from apps.common.wording import listed
from apps.notices.selectors import unread_count_for
from apps.web.presenters.notices import capped

THEME_COOKIE = "portico_theme"
DENSITY_COOKIE = "portico_density"
THEMES = {"system": _("As the system"), "light": _("Light"), "dark": _("Dark"), "contrast": _("High contrast")}

Entry = tuple[str, str | Promise, str]
QUEUE: Entry = ("web:request_list", _("Requests"), "inbox")
MAIN: list[Entry] = [
    ("web:home", _("Home"), "house"),
    ("web:exposure_list", _("Exposures"), "globe"),
    ("web:certificate_list", _("Certificates"), "shield-check"),
]
CLUSTERS: Entry = ("web:cluster_list", _("Clusters"), "server")
DOMAINS: Entry = ("web:domain_list", _("Domains"), "network")
TEAMS: Entry = ("web:team_list", _("Teams"), "users")
PEOPLE: Entry = ("web:user_list", _("People"), "user")
AUDIT: Entry = ("web:audit_list", _("Audit"), "scroll-text")
# Beyond the navigation, for the search.
TEAM_ACTIONS: list[Entry] = [("web:exposure_new", _("New exposure"), "plus")]
ACTIONS: list[Entry] = [
    ("web:notice_list", _("Notices"), "bell"),
    ("web:profile", _("Profile"), "settings"),
    ("web:token_list", _("API tokens"), "key-round"),
    ("web:help", _("Help"), "circle-question-mark"),
]
ADMIN_ACTIONS: list[Entry] = [("web:cluster_register", _("Register a cluster"), "plus")]
PEOPLE_ACTIONS: list[Entry] = [("web:group_list", _("Approver groups"), "shield")]
# What a letter opens, after “g” or alone; static/js/shortcuts.js follows the links of templates/help/shortcuts.html.
KEYS: list[tuple[str, str, str | Promise]] = [
    ("g h", "web:home", _("Home")),
    ("g e", "web:exposure_list", _("Exposures")),
    ("g r", "web:request_list", _("Requests")),
    ("g c", "web:cluster_list", _("Clusters")),
]
TEAM_KEYS: list[tuple[str, str, str | Promise]] = [("n", "web:exposure_new", _("New exposure"))]


@dataclass(frozen=True, slots=True)
class NavItem:
    """`count` is what waits there for the person, 0 for nothing."""

    label: str | Promise
    icon: str
    url: str
    active: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Shortcut:
    keys: str
    label: str | Promise
    url: str

    @property
    def strokes(self) -> list[str]:
        return self.keys.split()


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

    @cached_property
    def density(self) -> str:
        chosen = getattr(self.user, "density", "") or self.request.COOKIES.get(DENSITY_COOKIE, "")
        return chosen if chosen in Density.values else Density.COMFORTABLE.value

    @property
    def densities(self) -> list[tuple[str, str | Promise]]:
        return list(Density.choices)

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
        """The queue stands first for those who decide on it, with the number of requests that wait for them."""
        decides = getattr(self.user, "decides", False)
        first = [QUEUE, *MAIN] if decides else [*MAIN, QUEUE]
        groups = [NavGroup("", self._items(first)), NavGroup(_("Platform"), self._items(self._platform()))]
        return [group for group in groups if group.items]

    @cached_property
    def awaiting(self) -> int:
        """How many requests wait for the person's word now; not asked for those who never decide."""
        user = self.user
        return awaiting_count(user) if isinstance(user, User) and (user.decides or user.acts) else 0

    @cached_property
    def unread(self) -> int:
        """How many notices the person has not read, as far as they are counted."""
        return unread_count_for(self.user) if isinstance(self.user, User) else 0

    @property
    def unread_number(self) -> str:
        return capped(self.unread)

    @property
    def notices_url(self) -> str:
        return known_url("web:notice_list")

    @property
    def places(self) -> Iterator[NavItem]:
        """Every page that the person can open by name."""
        for group in self.nav:
            yield from group.items
        if self._acts:
            yield from self._items(TEAM_ACTIONS)
        yield from self._items(ACTIONS)
        if self._sees_people:
            yield from self._items(PEOPLE_ACTIONS)
        if getattr(self.user, "is_platform_admin", False):
            yield from self._items(ADMIN_ACTIONS)

    @property
    def _acts(self) -> bool:
        """Whether the person exposes services for a team; for others the form would be a dead end."""
        return bool(getattr(self.user, "acts", False))

    @property
    def shortcuts(self) -> list[Shortcut]:
        keys_of_user = [*KEYS, *TEAM_KEYS] if self._acts else KEYS
        found = [Shortcut(keys, label, known_url(name)) for keys, name, label in keys_of_user]
        return [shortcut for shortcut in found if shortcut.url]

    @property
    def has_shortcuts(self) -> bool:
        """Whether single keys do something for this person (profile)."""
        return bool(getattr(self.user, "shortcuts", False))

    @property
    def banner(self) -> str:
        """What operations has to say on every page, such as a maintenance window."""
        return str(settings.PORTICO_BANNER)

    @property
    def role(self) -> str | Promise:
        if getattr(self.user, "is_platform_admin", False):
            return _("Platform admin")
        if getattr(self.user, "is_auditor", False):
            return _("Auditor")
        return self._decides_for

    @property
    def _decides_for(self) -> str:
        """The groups of an approver, which came with the person."""
        if not isinstance(self.user, User) or not self.user.decides:
            return ""
        names = listed([group.name for group in self.user.approver_groups.all()])
        return gettext("Approver · %(groups)s") % {"groups": names}

    @property
    def search_url(self) -> str:
        return known_url("web:search")

    @property
    def help_url(self) -> str:
        return known_url("web:help")

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

    @property
    def _sees_people(self) -> bool:
        return any(getattr(self.user, flag, False) for flag in ("is_platform_admin", "is_auditor"))

    def _platform(self) -> list[Entry]:
        if self._sees_people:
            return [CLUSTERS, DOMAINS, TEAMS, PEOPLE, AUDIT]
        return [CLUSTERS, DOMAINS, TEAMS]

    def _items(self, entries: Iterable[Entry]) -> list[NavItem]:
        found = [(known_url(name), label, icon) for name, label, icon in entries]
        queue = known_url(QUEUE[0])
        return [
            NavItem(label, icon, url, is_within(self.request.path, url), self.awaiting if url == queue else 0)
            for url, label, icon in found
            if url
        ]


def known_url(name: str, *arguments: str) -> str:
    """The address of a page, empty where that page does not exist."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def is_within(path: str, url: str) -> bool:
    """Whether `path` belongs to the section at `url`; the start page holds nothing but itself."""
    return path == url or (url != "/" and path.startswith(url))


def ui_of(request: HttpRequest) -> Ui:
    """The same for view and page, so that what it asked for is asked for once."""
    if not hasattr(request, "ui"):
        request.ui = Ui(request)  # type: ignore[attr-defined]
    return request.ui  # type: ignore[attr-defined]


def ui(request: HttpRequest) -> dict[str, Ui]:
    return {"ui": ui_of(request)}
