"""What a token may be used for at all. What its owner may do to an object is asked in the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts.models import ApiToken
from apps.common.errors import NotPermitted

if TYPE_CHECKING:
    # The framework imports this class while its own views module is still loading.
    from rest_framework.views import APIView


class SignedInWithScope(BasePermission):
    """Someone is signed in, and a token has the scope that the view's `scopes` name for the method.

    A session carries all rights of its user. A method that the view does not name asks for no scope: it is either
    open to every token (`GET /me/`) or does not exist, which the view answers itself.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            return False
        needed = getattr(view, "scopes", {}).get("GET" if request.method == "HEAD" else request.method)
        if needed and isinstance(request.auth, ApiToken) and needed not in request.auth.scopes:
            message = _("This token lacks the scope %(scope)s.") % {"scope": needed}
            raise NotPermitted(message, code="scope_missing", scope=needed)
        return True
