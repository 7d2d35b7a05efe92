"""Searching in lists of names: hosts, namespaces, and everything else that is always stored in lower case.

Databases fold every row to compare without regard to case, which takes longer than all the rest of a search. Of names
the searched words alone need to be folded.
"""

from __future__ import annotations

from django.db.models import Q


def in_name(field: str, words: str) -> Q:
    """That the words occur in a name."""
    return Q(**{f"{field}__contains": words.lower()})
