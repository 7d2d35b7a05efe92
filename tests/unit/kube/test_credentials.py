"""Credentials keep their content to themselves."""

from __future__ import annotations

import pytest

from apps.kube.credentials import Credential, check_certificate_authority
from tests.unit.kube.certs import Pair


def test_credential_shows_its_form_only():
    credential = Credential("tok-secret", "cert-secret", "key-secret")

    assert repr(credential) == str(credential) == f"{credential}" == "<Credential token and client certificate>"
    assert repr([Credential(token="tok-secret")]) == "[<Credential token>]"


def test_credential_survives_the_store():
    credential = Credential("t", "c", "k")

    assert Credential.from_secret_json(credential.as_secret_json()) == credential


@pytest.mark.parametrize("parts", [{}, {"client_certificate": "c"}, {"token": "t", "client_key": "k"}])
def test_credential_with_half_of_a_proof_is_a_programming_error(parts):
    with pytest.raises(ValueError, match="certificate"):
        Credential(**parts)


def test_certificate_authority_loses_everything_else(ca: Pair):
    pasted = f"# my CA\n{ca.key_pem}{ca.pem}trailing"

    assert check_certificate_authority(pasted) == ca.pem
