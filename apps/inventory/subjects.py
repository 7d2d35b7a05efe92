"""Which of the certificates that notices speak of a person may see.

They are named by their place, cluster/namespace/name. Whoever sees the namespace may know of one that is gone as well.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db.models import Q

from apps.accounts.models import User
from apps.accounts.selectors import list_grants_for
from apps.inventory.models import Secret
from apps.inventory.selectors import list_certificates_for
from apps.notices.subjects import Seen


def certificate_id(secret: Secret) -> str:
    return f"{secret.cluster.name}/{secret.namespace}/{secret.name}"


def seen_certificates(user: User, ids: Collection[str]) -> Seen:
    places = {found: (cluster, namespace, name) for found in ids for cluster, namespace, name in [found.split("/")]}
    present = _present(user, places.values())
    granted = None if user.sees_everything else set(list_grants_for(user).values_list("cluster_name", "namespace"))
    return {found: place in present for found, place in places.items() if granted is None or place[:2] in granted}


def _present(user: User, places: Collection[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    if not places:
        return set()
    named = reduce(or_, (Q(cluster__name=c, namespace=n, name=s) for c, n, s in places))
    secrets = list_certificates_for(user).filter(named)
    return set(secrets.values_list("cluster__name", "namespace", "name"))
