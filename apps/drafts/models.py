"""What somebody typed into the exposure form and has not sent, so that no closed tab and no ended session loses it.

A draft belongs to the person who typed it and to nobody else (S5). It is scratch paper: it has no history and no audit
row, and nothing in it is checked before it is sent.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.common.ids import PrefixedIdField
from apps.exposures.models import Exposure


class ExposureDraft(models.Model):
    """`values` are the form's fields as typed. `exposure` is the one to be changed; none for a new one.

    `saved_by` names the page that saved last, and `version` counts the saves, so that a page notices when another one
    saved in between. What such a save replaced is kept in `replaced` until somebody has chosen.
    """

    id = PrefixedIdField("dft")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    exposure = models.ForeignKey(Exposure, on_delete=models.CASCADE, null=True, related_name="+")
    cluster_name = models.CharField(max_length=63, blank=True)
    namespace = models.CharField(max_length=63, blank=True)
    host = models.CharField(max_length=320, blank=True)
    values = models.JSONField(default=dict)
    replaced = models.JSONField(default=dict, blank=True)
    saved_by = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        ordering = ["-updated_at"]
        indexes = [models.Index(fields=["owner", "-updated_at"], name="drafts_of_a_person")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What its owner knows it by."""
        return self.host or self.values.get("service") or _("An exposure without a name yet")
