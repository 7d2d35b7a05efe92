"""Names to choose from while one types, for those who may see them; a field takes others as well.

A list of thousands would make the page heavy and helps nobody to choose, so the first ones are offered.
"""

from __future__ import annotations

from apps.accounts.models import User
from apps.accounts.permissions import may_manage_people
from apps.accounts.selectors import list_users_for
from apps.inventory.models import Namespace

MOST = 300


def user_names_for(user: User) -> list[tuple[str, str]]:
    """User names with the full names, of those who can sign in."""
    if not may_manage_people(user):
        return []
    people = list_users_for(user).filter(is_active=True).prefetch_related(None).order_by("username")
    return [(person.username, person.get_full_name()) for person in people[:MOST]]


def seen_namespaces_for(user: User) -> list[str]:
    """Namespaces of all clusters, each name once."""
    if not may_manage_people(user):
        return []
    seen = Namespace.objects.filter(cluster__retired_at=None).order_by("name")
    return list(seen.values_list("name", flat=True).distinct()[:MOST])
