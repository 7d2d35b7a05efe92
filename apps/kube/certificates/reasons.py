"""What can be said against a TLS secret: reasons refuse it, warnings are told beside it. The codes are stable.

The codes of the reasons are those of the API's inventory; a warning never makes a secret unusable.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is wrong, in a sentence, and the next step."""

    code: str
    message: str
    hint: str
    # The code of the warning that says it more exactly, where one does.
    because: str = ""


def _by_code(reasons: Iterable[Reason]) -> dict[str, Reason]:
    return {reason.code: reason for reason in reasons}


_RENEW = "Ask whoever issued it for a new one and replace the secret's content."
_CHAIN = "Use the full chain as the authority delivers it: the server's own certificate first, then its issuers."

REASONS = _by_code(
    [
        Reason(
            "not_tls_type",
            "The secret is not of type kubernetes.io/tls.",
            "Create it with `kubectl create secret tls`.",
        ),
        Reason(
            "no_certificate", "The secret has no certificate in `tls.crt`.", "Put the certificate chain into `tls.crt`."
        ),
        Reason("no_private_key", "The secret has no private key in `tls.key`.", "Put the private key into `tls.key`."),
        Reason(
            "unparsable",
            "The certificate or the key cannot be read.",
            "Both must be PEM; the key without a passphrase, and not in the place of the certificate.",
        ),
        Reason(
            "key_mismatch", "The private key belongs to another certificate.", "Store the pair that was made together."
        ),
        Reason(
            "chain_order",
            "The certificates in `tls.crt` are in the wrong order.",
            "Put the server's own first, then the one that issued it, and so on.",
        ),
        Reason("expired", "The certificate has expired.", _RENEW),
        Reason("not_yet_valid", "The certificate is not valid yet.", "Wait for its first day or use another one."),
        Reason(
            "host_not_covered", "The certificate does not cover the host.", "Choose one whose names include the host."
        ),
        Reason(
            "weak_key",
            "The key or the signature is too weak, or of a kind that clients do not know.",
            "Use RSA of 2048 bits or more, or P-256.",
        ),
        Reason(
            "ca_certificate",
            "The certificate is that of an authority, not of a server.",
            "Use one issued for the host.",
        ),
        Reason(
            "not_for_servers",
            "The certificate was not issued for servers, so clients refuse it.",
            "Ask for one with the usages serverAuth and digitalSignature, and without unknown critical extensions.",
        ),
        Reason(
            "chain_broken",
            "An issuer's certificate in `tls.crt` may not issue this one, so clients refuse it.",
            _CHAIN,
        ),
        Reason(
            "chain_too_long",
            "The certificates in `tls.crt` are more than clients accept (100 KB).",
            "Leave only the server's own and its issuers.",
        ),
    ]
)

WARNINGS = _by_code(
    [
        # Why something is unparsable.
        Reason(
            "fields_swapped",
            "The key is in the place of the certificate and the certificate in that of the key.",
            "Swap `tls.crt` and `tls.key`.",
        ),
        Reason(
            "key_encrypted",
            "The private key is protected by a passphrase.",
            "Remove it with `openssl pkey -in tls.key -out plain.key`.",
        ),
        Reason(
            "not_pem",
            "The content is not PEM text; it may be DER or PKCS#12.",
            "Convert it with `openssl x509`, `openssl pkey` or `openssl pkcs12`.",
        ),
        Reason(
            "damaged_pem",
            "A line with BEGIN or END is missing, incomplete, indented, or not on a line of its own.",
            "Copy the files again, whole and unchanged.",
        ),
        Reason(
            "other_blocks",
            "What stands there is PEM, but of another kind: a request, a public key or a bundle, for example.",
            "The certificate begins with BEGIN CERTIFICATE, its key with BEGIN PRIVATE KEY.",
        ),
        # What clients may stumble over.
        Reason("missing_intermediate", "The certificate of the issuer is not in `tls.crt`.", _CHAIN),
        Reason(
            "untrusted",
            "No authority that is known here stands behind the certificate.",
            "Clients need the authority's own certificate, or use one from a known authority.",
        ),
        Reason(
            "self_signed",
            "The certificate has no issuer but itself.",
            "Browsers warn of it; use one from an authority that your clients know.",
        ),
        Reason("intermediate_expired", "An issuer's certificate in `tls.crt` is not valid today.", _CHAIN),
        Reason("weak_chain", "An issuer's certificate in `tls.crt` has a weak key or signature.", _CHAIN),
        Reason(
            "limited_usage",
            "Some clients refuse the certificate because of its key usages.",
            "Ask for one with the usages serverAuth and digitalSignature.",
        ),
        Reason(
            "rare_key_type",
            "Browsers do not support this type of key yet.",
            "Use RSA of 2048 bits or more, or P-256, if browsers are among the clients.",
        ),
        Reason(
            "long_lifetime",
            "The certificate is valid for longer than some clients accept (825 days).",
            "Ask for one with a shorter lifetime.",
        ),
        Reason(
            "unmatchable_name",
            "A wildcard of the certificate is in a place where no client accepts it.",
            "A wildcard is the whole first label and stands above two labels, like *.example.com.",
        ),
        # What is too much.
        Reason("duplicate_certificate", "A certificate is in `tls.crt` more than once.", "Remove the copies."),
        Reason("extra_certificate", "`tls.crt` holds certificates that do not belong to the chain.", "Remove them."),
        Reason("root_included", "`tls.crt` holds the root, which clients have or ignore.", "Leave the root out."),
        Reason(
            "key_in_certificate",
            "`tls.crt` holds a private key, though it is meant for what is public.",
            "Leave the key in `tls.key` only.",
        ),
    ]
)
