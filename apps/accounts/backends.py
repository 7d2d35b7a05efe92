"""Loads the person of a session, with what every page asks about them, so that pages need no query of their own.

Whether somebody decides on requests comes with the row, for an approver group or for a team, whose developers are asked
as the owners of its hosts. Only for those who do for a group, their groups are fetched beside it: the number in the
navigation and the queue read them from there.
"""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists, OuterRef, prefetch_related_objects

from apps.accounts.models import Membership, User
from apps.accounts.selectors import ACTING


class SessionBackend(AuthenticationBackend):
    def get_user(self, user_id: int) -> User | None:
        """None once deactivated, like the backend of Django."""
        belongs = User.objects.filter(pk=OuterRef("pk"), approver_groups__isnull=False, is_auditor=False)
        acts = Membership.objects.filter(user=OuterRef("pk"), role__in=ACTING, user__is_auditor=False)
        found = User.objects.filter(pk=user_id).annotate(is_in_a_group=Exists(belongs), acts_for_a_team=Exists(acts))
        user = found.first()
        if user is None or not self.user_can_authenticate(user):
            return None
        user.decides, user.acts = user.is_in_a_group, user.acts_for_a_team
        if user.decides:
            prefetch_related_objects([user], "approver_groups")
        return user
