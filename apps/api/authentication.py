"""Who calls: a script by its token, or a person by the browser session, which needs the CSRF token for changes."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from apps.accounts.models import ApiToken, User
from apps.accounts.services.tokens import authenticate_token, touch_token
from apps.common.request_context import current_context, update_context


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer ptc_…`. A header that names another scheme is left to others."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, plaintext = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        address = current_context().address
        token = authenticate_token(plaintext.decode("ascii", "replace").strip(), address)
        if token is None:
            raise AuthenticationFailed(_("The token is unknown, expired or revoked."), code="token_invalid")
        touch_token(token, address)
        update_context(channel="api", token_id=token.public_id)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Portico"'


class BrowserSessionAuthentication(SessionAuthentication):
    """The signed-in browser, e.g. from the API's own documentation page."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise PermissionDenied(_("The CSRF token is missing or wrong."), code="csrf_failed") from error
