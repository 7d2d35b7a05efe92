"""Operations and condition types of exposures."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Operation(models.TextChoices):
    CREATE = "create", _("Create")
    UPDATE = "update", _("Change")
    DELETE = "delete", _("Delete")


class ConditionType(models.TextChoices):
    """In the order in which they come true."""

    APPROVED = "Approved", _("Approved")
    APPLIED = "Applied", _("Applied")
    ADMITTED = "Admitted", _("Taken up")
    SERVING = "Serving", _("Serving")
    READY = "Ready", _("Ready")
    # Beside the way, not on it: who knows the entry may use the host before its name is set.
    RESOLVES = "Resolves", _("Name resolves")
    # Whether the cluster still has what was applied, or somebody changed it there (D6).
    IN_SYNC = "InSync", _("Unchanged in the cluster")


class DriftKind(models.TextChoices):
    """What became of the live object behind the portal's back; empty while nothing is known to have."""

    NONE = "", _("As applied")
    CHANGED = "changed", _("Changed outside")
    MISSING = "missing", _("Gone from the cluster")
