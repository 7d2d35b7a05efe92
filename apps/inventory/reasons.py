"""What is said of a secret, in the reader's language. Rows store the code; the texts here are shown."""

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
FULL_CHAIN = _("Use the full chain as the authority delivers it: the server's own certificate first, then its issuers.")
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
        _("The certificates in `tls.crt` are in the wrong order."),
        _("Put the server's own first, then the one that issued it, and so on."),
    ),
    "expired": ReasonText(_("The certificate has expired."), RENEW),
    "not_yet_valid": ReasonText(
        _("The certificate is not valid yet."), _("Wait for its first day or use another one.")
    ),
    "host_not_covered": ReasonText(
        _("The certificate does not cover the host."), _("Choose one whose names include the host.")
    ),
    "weak_key": ReasonText(
        _("The key or the signature is too weak, or of a kind that clients do not know."),
        _("Use RSA of 2048 bits or more, or P-256."),
    ),
    "ca_certificate": ReasonText(
        _("The certificate is that of an authority, not of a server."), _("Use one issued for the host.")
    ),
    "not_for_servers": ReasonText(
        _("The certificate was not issued for servers, so clients refuse it."),
        _("Ask for one with the usages serverAuth and digitalSignature, and without unknown critical extensions."),
    ),
    "chain_broken": ReasonText(
        _("An issuer's certificate in `tls.crt` may not issue this one, so clients refuse it."), FULL_CHAIN
    ),
    "chain_too_long": ReasonText(
        _("The certificates in `tls.crt` are more than clients accept (100 KB)."),
        _("Leave only the server's own and its issuers."),
    ),
}
WARNING_TEXTS = {
    "fields_swapped": ReasonText(
        _("The key is in the place of the certificate and the certificate in that of the key."),
        _("Swap `tls.crt` and `tls.key`."),
    ),
    "key_encrypted": ReasonText(
        _("The private key is protected by a passphrase."),
        _("Remove it with `openssl pkey -in tls.key -out plain.key`."),
    ),
    "not_pem": ReasonText(
        _("The content is not PEM text; it may be DER or PKCS#12."),
        _("Convert it with `openssl x509`, `openssl pkey` or `openssl pkcs12`."),
    ),
    "damaged_pem": ReasonText(
        _("A line with BEGIN or END is missing, incomplete, indented, or not on a line of its own."),
        _("Copy the files again, whole and unchanged."),
    ),
    "other_blocks": ReasonText(
        _("What stands there is PEM, but of another kind: a request, a public key or a bundle, for example."),
        _("The certificate begins with BEGIN CERTIFICATE, its key with BEGIN PRIVATE KEY."),
    ),
    "missing_intermediate": ReasonText(_("The certificate of the issuer is not in `tls.crt`."), FULL_CHAIN),
    "untrusted": ReasonText(
        _("No authority that is known here stands behind the certificate."),
        _("Clients need the authority's own certificate, or use one from a known authority."),
    ),
    "self_signed": ReasonText(
        _("The certificate has no issuer but itself."),
        _("Browsers warn of it; use one from an authority that your clients know."),
    ),
    "intermediate_expired": ReasonText(_("An issuer's certificate in `tls.crt` is not valid today."), FULL_CHAIN),
    "weak_chain": ReasonText(_("An issuer's certificate in `tls.crt` has a weak key or signature."), FULL_CHAIN),
    "limited_usage": ReasonText(
        _("Some clients refuse the certificate because of its key usages."),
        _("Ask for one with the usages serverAuth and digitalSignature."),
    ),
    "rare_key_type": ReasonText(
        _("Browsers do not support this type of key yet."),
        _("Use RSA of 2048 bits or more, or P-256, if browsers are among the clients."),
    ),
    "long_lifetime": ReasonText(
        _("The certificate is valid for longer than some clients accept (825 days)."),
        _("Ask for one with a shorter lifetime."),
    ),
    "unmatchable_name": ReasonText(
        _("A wildcard of the certificate is in a place where no client accepts it."),
        _("A wildcard is the whole first label and stands above two labels, like *.example.com."),
    ),
    "duplicate_certificate": ReasonText(_("A certificate is in `tls.crt` more than once."), _("Remove the copies.")),
    "extra_certificate": ReasonText(
        _("`tls.crt` holds certificates that do not belong to the chain."), _("Remove them.")
    ),
    "root_included": ReasonText(_("`tls.crt` holds the root, which clients have or ignore."), _("Leave the root out.")),
    "key_in_certificate": ReasonText(
        _("`tls.crt` holds a private key, though it is meant for what is public."),
        _("Leave the key in `tls.key` only."),
    ),
}

# Said instead of `not_tls_type` where there may be a way out. Of these Secrets only names are read, because most hold
# what is no business of a portal; whether one holds a pair is found out when somebody asks for its copy.
OPAQUE_TEXT = ReasonText(
    _("The secret is of type Opaque, not kubernetes.io/tls."),
    _("What it holds was not looked at. Ask for a copy: a good pair is copied, of anything else you are told why not."),
)


def shown_reason(stored: dict[str, Any], *, may_be_copied: bool = False) -> dict[str, str]:
    """The reason or warning as it is shown; one whose code is unknown here keeps the text it was stored with."""
    if may_be_copied and stored["code"] == "not_tls_type":
        return {"code": stored["code"], "message": str(OPAQUE_TEXT.message), "hint": str(OPAQUE_TEXT.hint)}
    because = WARNING_TEXTS.get(stored.get("because", ""))
    known = because or REASON_TEXTS.get(stored["code"]) or WARNING_TEXTS.get(stored["code"])
    message, hint = (known.message, known.hint) if known else (stored.get("message", ""), stored.get("hint", ""))
    return {"code": stored["code"], "message": str(message), "hint": str(hint)}
