"""People: users, teams with roles, what teams were granted, approver groups, API tokens.

A grant names its cluster by name: this app lies below the cluster registry, and a cluster's name never changes.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from apps.accounts.enums import Density, ListView, Role, SavedList, Theme
from apps.common.ids import PrefixedIdField

SLUG = RegexValidator(
    r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", _("Use lower-case letters, digits and hyphens."), "invalid_name"
)


class User(AbstractUser):  # type: ignore[django-manager-missing]  # the token model comes from a package without types
    """A person. Never deleted, only deactivated: decisions and audit rows keep pointing at someone."""

    is_platform_admin = models.BooleanField(_("platform admin"), default=False)
    is_auditor = models.BooleanField(_("auditor"), default=False)
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    theme = models.CharField(_("theme"), max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    density = models.CharField(_("density"), max_length=12, choices=Density.choices, default=Density.COMFORTABLE)
    clusters_view = models.CharField(max_length=10, choices=ListView.choices, default=ListView.CARDS)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True, default="")
    # Single keys must be possible to switch off (WCAG 2.1.4): speech input presses them by accident.
    shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)

    # Told by `backends.SessionBackend` on the person of a request; False on every other row. `decides`: for a group,
    # whose queue it is; `acts`: for a team, which may be asked as the owner of a host.
    decides: bool = False
    acts: bool = False

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username

    @property
    def sees_everything(self) -> bool:
        """Platform admins and auditors read all objects; what they may change is for the permission modules to say."""
        return self.is_platform_admin or self.is_auditor


class SavedView(models.Model):
    """A list's filters that one person keeps under a name. `query` is the address after its question mark."""

    id = PrefixedIdField("view")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=12, choices=SavedList.choices)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=600)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_name_once")]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """Owns exposures and hosts. `contact` is what other teams are shown when they collide with it."""

    id = PrefixedIdField("team")
    name = models.CharField(_("name"), max_length=63, unique=True, validators=[SLUG])
    title = models.CharField(_("title"), max_length=120, blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    # How many exposures the team may have; null means any number.
    exposure_limit = models.PositiveIntegerField(_("limit of exposures"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.DEVELOPER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.team}"


class NamespaceGrant(models.Model):
    """The team may act in this namespace of this cluster. One namespace belongs to one team at a time."""

    id = PrefixedIdField("grant")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="grants")
    cluster_name = models.CharField(_("cluster"), max_length=63)
    namespace = models.CharField(_("namespace"), max_length=63, validators=[SLUG])
    # How many exposures the namespace may hold; null means any number.
    exposure_limit = models.PositiveIntegerField(_("limit of exposures"), null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cluster_name", "namespace"], name="namespace_granted_once")]

    def __str__(self) -> str:
        return f"{self.cluster_name}/{self.namespace} to {self.team}"


class ApproverGroup(models.Model):
    """People who decide on requests, e.g. *network*."""

    id = PrefixedIdField("grp")
    name = models.CharField(_("name"), max_length=63, unique=True, validators=[SLUG])
    title = models.CharField(_("title"), max_length=120, blank=True)
    members = models.ManyToManyField(User, related_name="approver_groups", blank=True)

    def __str__(self) -> str:
        return self.name


class ApiToken(AbstractAuthToken):
    """A script's credential: stored as a digest, with its own narrower rights."""

    public_id = models.CharField(max_length=40, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100)
    scopes = models.JSONField(default=list)
    allowed_networks = models.JSONField(default=list)
    last_used_at = models.DateTimeField(null=True, editable=False)
    last_used_from = models.CharField(max_length=45, blank=True, editable=False)

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"
