"""Environments, and the reasons that a cluster's conditions give."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Environment(models.TextChoices):
    DEV = "dev", _("Development")
    TEST = "test", _("Test")
    STAGING = "staging", _("Staging")
    PROD = "prod", _("Production")


# Only these may be exposed without a human (invariant E4).
SELF_SERVICE_ENVIRONMENTS = frozenset({Environment.DEV, Environment.TEST})
