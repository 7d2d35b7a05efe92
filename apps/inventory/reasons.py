"""Why a secret cannot be used, in the reader's language. Rows store the code; the texts here are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class ReasonText:
    """What is wrong and the next step."""

    message: Text
    hint: Text


RENEW = _("Ask whoever issued it for a new one and replace the secret's content.")
REASON_TEXTS = {
    "not_tls_type": ReasonText(
        _("The secret is not of type kubernetes.io/tls."), _("Create it with `kubectl create secret tls`.")
    ),
    "no_certificate": ReasonText(
        _("The secret has no certificate in `tls.crt`."), _("Put the certificate chain into `tls.crt`.")
    ),
    "no_private_key": ReasonText(
        _("The secret has no private key in `tls.key`."), _("Put the private key into `tls.key`.")
    ),
    "unparsable": ReasonText(
        _("The certificate or the key cannot be read."),
        _("Both must be PEM; the key without a passphrase, and not in the place of the certificate."),
    ),
    "key_mismatch": ReasonText(
        _("The private key belongs to another certificate."), _("Store the pair that was made together.")
    ),
    "chain_order": ReasonText(
        _("The server's own certificate is not the first in `tls.crt`."),
        _("Put it first and the intermediate certificates after it."),
    ),
    "expired": ReasonText(_("The certificate has expired."), RENEW),
    "not_yet_valid": ReasonText(
        _("The certificate is not valid yet."), _("Wait for its first day or use another one.")
    ),
    "host_not_covered": ReasonText(
        _("The certificate does not cover the host."), _("Choose one whose names include the host.")
    ),
    "weak_key": ReasonText(
        _("The key or the signature is too weak for browsers."), _("Use RSA of 2048 bits or more, or P-256.")
    ),
    "ca_certificate": ReasonText(
        _("The certificate is that of an authority, not of a server."), _("Use one issued for the host.")
    ),
}


def shown_reason(stored: dict[str, Any]) -> dict[str, str]:
    """The reason as it is shown; one whose code is unknown here keeps the text it was stored with."""
    known = REASON_TEXTS.get(stored["code"])
    message, hint = (known.message, known.hint) if known else (stored.get("message", ""), stored.get("hint", ""))
    return {"code": stored["code"], "message": str(message), "hint": str(hint)}
