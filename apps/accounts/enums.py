"""Roles and preferences."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member may do inside a team's grants; each includes the one before it."""

    VIEWER = "viewer", _("Viewer")
    DEVELOPER = "developer", _("Developer")
    MAINTAINER = "maintainer", _("Maintainer")


class Theme(models.TextChoices):
    SYSTEM = "system", _("System")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")
    CONTRAST = "contrast", _("High contrast")


class Density(models.TextChoices):
    """How much room lists and forms take."""

    COMFORTABLE = "comfortable", _("Comfortable")
    COMPACT = "compact", _("Compact")


class ListView(models.TextChoices):
    """How a list is drawn that can be drawn in two ways."""

    CARDS = "cards", _("Cards")
    TABLE = "table", _("Table")


class SavedList(models.TextChoices):
    """The lists whose filters a person may keep under a name."""

    EXPOSURES = "exposures", _("Exposures")
    REQUESTS = "requests", _("Requests")


class Scope(models.TextChoices):
    """What a token may be used for, on top of what its owner may do."""

    CLUSTERS_READ = "clusters:read", _("See clusters and what is in them")
    CLUSTERS_WRITE = "clusters:write", _("Register and change clusters")
    EXPOSURES_READ = "exposures:read", _("See exposures")
    EXPOSURES_WRITE = "exposures:write", _("Create, change and delete exposures")
    REQUESTS_READ = "requests:read", _("See requests")
    REQUESTS_DECIDE = "requests:decide", _("Act on requests")
    DOMAINS_READ = "domains:read", _("See zones, reserved names and claimed hosts")
    DOMAINS_WRITE = "domains:write", _("Grant zones and reserve names")
    AUDIT_READ = "audit:read", _("Read the audit trail")
    NOTICES_READ = "notices:read", _("See what you were told")
    NOTICES_WRITE = "notices:write", _("Mark notices as read")
    TOKENS_WRITE = "tokens:write", _("Create and revoke tokens")
