"""The vault: what is sealed opens only in its own row and under a key of the ring, and nothing shows a secret."""

from __future__ import annotations

import base64
import pickle

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.clusters import vault
from apps.clusters.errors import CredentialMissing, KeyMissing, KeyRingInvalid, SealBroken
from apps.clusters.models import Cluster, ClusterCredential
from apps.clusters.vault import KeyRing, Rotation
from apps.kube.credentials import Credential
from tests.factories.clusters import make_cluster

pytestmark = pytest.mark.django_db

KEY_A, KEY_B, KEY_C = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))
OLD = KeyRing({"2025": KEY_A})
BOTH = KeyRing({"2026": KEY_B, "2025": KEY_A})
NEW = KeyRing({"2026": KEY_B})
CREDENTIAL = Credential(token="sha256~very.secret")


def test_seal_then_open():
    cluster = make_cluster()

    fingerprint = vault.seal(cluster, CREDENTIAL)

    assert vault.open_credential(cluster) == (CREDENTIAL, fingerprint)
    assert vault.fingerprint_of(cluster) == fingerprint


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=st.text(min_size=1), certificate=st.text(min_size=1), key=st.text(min_size=1))
def test_any_credential_round_trips(token, certificate, key):
    cluster = Cluster.objects.get_or_create(name="hypothesis")[0]
    credential = Credential(token=token, client_certificate=certificate, client_key=key)

    vault.seal(cluster, credential)

    assert vault.open_credential(cluster)[0] == credential


def test_sealing_again_replaces_and_changes_the_fingerprint():
    cluster = make_cluster()
    first = vault.seal(cluster, CREDENTIAL)

    second = vault.seal(cluster, CREDENTIAL)

    assert first != second
    assert ClusterCredential.objects.count() == 1


def test_row_holds_no_plaintext():
    cluster = make_cluster()

    vault.seal(cluster, CREDENTIAL)

    row = ClusterCredential.objects.get()
    assert b"secret" not in bytes(row.ciphertext) + bytes(row.wrapped_key)


def test_envelope_moved_to_another_row_does_not_open():
    first, second = make_cluster(), make_cluster("dev-2")
    vault.seal(first, CREDENTIAL)
    vault.seal(second, Credential(token="other"))
    stolen = ClusterCredential.objects.get(pk=first.pk)
    ClusterCredential.objects.filter(pk=second.pk).update(
        wrapped_key=stolen.wrapped_key, ciphertext=stolen.ciphertext, key_id=stolen.key_id
    )

    with pytest.raises(SealBroken):
        vault.open_credential(second)


@pytest.mark.parametrize("field", ["wrapped_key", "ciphertext"])
def test_altered_envelope_does_not_open(field):
    cluster = make_cluster()
    vault.seal(cluster, CREDENTIAL)
    row = ClusterCredential.objects.get()
    content = bytearray(getattr(row, field))
    content[-1] ^= 1
    ClusterCredential.objects.update(**{field: bytes(content)})

    with pytest.raises(SealBroken):
        vault.open_credential(cluster)


def test_wrap_is_bound_to_the_key_id():
    cluster = make_cluster()
    vault.seal(cluster, CREDENTIAL, ring=OLD)
    ClusterCredential.objects.update(key_id="renamed")

    with pytest.raises(SealBroken):
        vault.open_credential(cluster, ring=KeyRing({"renamed": KEY_A}))


def test_missing_key_names_the_key_and_the_next_step():
    cluster = make_cluster()
    vault.seal(cluster, CREDENTIAL, ring=OLD)

    with pytest.raises(KeyMissing) as caught:
        vault.open_credential(cluster, ring=NEW)

    assert (
        caught.value.message
        == "The encryption key “2025” is not in PORTICO_ENCRYPTION_KEYS. Add it back, then run rotate_keys."
    )


def test_wrong_key_under_the_right_id_does_not_open():
    cluster = make_cluster()
    vault.seal(cluster, CREDENTIAL, ring=OLD)

    with pytest.raises(SealBroken):
        vault.open_credential(cluster, ring=KeyRing({"2025": KEY_C}))


def test_cluster_without_credential():
    cluster = make_cluster()

    with pytest.raises(CredentialMissing):
        vault.open_credential(cluster)
    assert vault.fingerprint_of(cluster) == ""


def test_discard_forgets_the_credential():
    cluster = make_cluster()
    vault.seal(cluster, CREDENTIAL)

    vault.discard(cluster)

    assert ClusterCredential.objects.count() == 0


def test_rotation_rewraps_and_keeps_what_is_sealed():
    cluster = make_cluster()
    fingerprint = vault.seal(cluster, CREDENTIAL, ring=OLD)
    sealed = bytes(ClusterCredential.objects.get().ciphertext)

    assert vault.rotate(ring=BOTH) == Rotation(rewrapped=1, current=1, failed=[])

    assert vault.open_credential(cluster, ring=NEW) == (CREDENTIAL, fingerprint)
    assert bytes(ClusterCredential.objects.get().ciphertext) == sealed


def test_rotation_goes_on_where_it_was_interrupted(monkeypatch):
    clusters = [make_cluster(f"dev-{number}") for number in range(3)]
    for cluster in clusters:
        vault.seal(cluster, CREDENTIAL, ring=OLD)
    calls = iter([None])
    encrypt = vault._encrypt
    monkeypatch.setattr(vault, "_encrypt", lambda *args: encrypt(*args) if next(calls, "stop") is None else 1 / 0)

    with pytest.raises(ZeroDivisionError):
        vault.rotate(ring=BOTH)
    monkeypatch.undo()

    assert ClusterCredential.objects.filter(key_id="2026").count() == 1
    assert vault.rotate(ring=BOTH) == Rotation(rewrapped=2, current=3, failed=[])
    assert vault.rotate(ring=BOTH) == Rotation(rewrapped=0, current=3, failed=[])
    assert {vault.open_credential(cluster, ring=NEW)[0] for cluster in clusters} == {CREDENTIAL}


def test_rotation_reports_what_no_key_opens_and_does_the_rest():
    lost, kept = make_cluster("lost"), make_cluster("kept")
    vault.seal(lost, CREDENTIAL, ring=KeyRing({"gone": KEY_C}))
    vault.seal(kept, CREDENTIAL, ring=OLD)

    rotation = vault.rotate(ring=BOTH)

    text = "lost: The encryption key “gone” is not in PORTICO_ENCRYPTION_KEYS. Add it back, then run rotate_keys."
    assert rotation == Rotation(rewrapped=1, current=1, failed=[text])


def test_rotation_leaves_a_credential_that_was_replaced_meanwhile():
    cluster = make_cluster()
    vault.seal(cluster, CREDENTIAL, ring=OLD)
    read_before = ClusterCredential.objects.get()
    vault.seal(cluster, Credential(token="newer"), ring=OLD)

    assert vault._rewrap(read_before, BOTH) == 0
    assert vault.open_credential(cluster, ring=OLD)[0] == Credential(token="newer")


def encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def test_ring_reads_ids_in_order():
    ring = vault.read_ring(f"2026:{encoded(KEY_B)}, 2025:{encoded(KEY_A)},")

    assert (ring.primary_id, ring.ids, ring.key("2025")) == ("2026", ["2026", "2025"], KEY_A)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " , ",
        "no-colon",
        ":" + encoded(KEY_A),
        "a:",
        "a:too-short",
        "a:" + encoded(KEY_A[:31]),
        "a:" + encoded(KEY_A + b"x"),
        f"a:{encoded(KEY_A)},a:{encoded(KEY_B)}",
        "white space:" + encoded(KEY_A),
        "x" * 41 + ":" + encoded(KEY_A),
    ],
)
def test_malformed_ring_is_refused_without_showing_keys(text):
    with pytest.raises(KeyRingInvalid) as caught:
        vault.read_ring(text)

    assert encoded(KEY_A) not in caught.value.message
    assert "too-short" not in caught.value.message


def test_new_key_makes_a_ring():
    assert vault.read_ring(f"x:{vault.new_key()}").ids == ["x"]
    assert vault.new_key() != vault.new_key()


def test_ring_shows_ids_only_and_is_never_pickled():
    assert repr(BOTH) == str(BOTH) == "<KeyRing 2026, 2025>"
    with pytest.raises(TypeError):
        pickle.dumps(BOTH)


def test_ring_that_cannot_be_read_stops_the_start(settings):
    settings.PORTICO_ENCRYPTION_KEYS = "a:nonsense"

    with pytest.raises(ImproperlyConfigured):
        apps.get_app_config("clusters").ready()
