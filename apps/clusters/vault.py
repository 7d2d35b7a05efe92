"""Keeps cluster credentials encrypted at rest: the only code that reads or writes ClusterCredential rows.

Each credential is sealed under a data key of its own, and the data key is wrapped by a key of the ring. Both layers are
AES-256-GCM with associated data that names table, cluster and field (and for the wrap the key id), so an envelope that
is copied to another row does not open there. Rotation re-wraps data keys only; what is sealed stays untouched.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from apps.clusters.errors import CredentialMissing, KeyMissing, KeyRingInvalid, SealBroken, VaultError
from apps.clusters.models import Cluster, ClusterCredential
from apps.kube.credentials import Credential

KEY_BYTES = 32
NONCE_BYTES = 12
KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class KeyRing:
    """The keys that wrap data keys: the first one encrypts, all decrypt. Never shows more than their ids."""

    __slots__ = ("_keys", "primary_id")

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise KeyRingInvalid(_("PORTICO_ENCRYPTION_KEYS is empty. `manage.py new_key` prints a key for it."))
        self._keys = dict(keys)
        self.primary_id = next(iter(self._keys))

    @property
    def ids(self) -> list[str]:
        return list(self._keys)

    def key(self, key_id: str) -> bytes:
        """KeyMissing when the ring no longer, or not yet, has it."""
        if key_id not in self._keys:
            text = _(
                "The encryption key “%(key)s” is not in PORTICO_ENCRYPTION_KEYS. Add it back, then run rotate_keys."
            )
            raise KeyMissing(text % {"key": key_id}, key_id=key_id)
        return self._keys[key_id]

    def __repr__(self) -> str:
        return f"<KeyRing {', '.join(self._keys)}>"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a key ring is never pickled")


@dataclass(frozen=True, slots=True)
class Rotation:
    """What one run of `rotate` found: re-wrapped now, already under the first key, and not openable by any key."""

    rewrapped: int
    current: int
    failed: list[str]


def new_key() -> str:
    """A fresh random key in the form that PORTICO_ENCRYPTION_KEYS takes."""
    return base64.b64encode(AESGCM.generate_key(KEY_BYTES * 8)).decode()


@lru_cache(maxsize=8)
def read_ring(text: str) -> KeyRing:
    """The ring written as `id:base64,id:base64`; KeyRingInvalid says which entry is wrong, never what it holds."""
    keys: dict[str, bytes] = {}
    for position, entry in enumerate(filter(None, (part.strip() for part in text.split(","))), start=1):
        key_id, _colon, encoded = entry.partition(":")
        if not KEY_ID.fullmatch(key_id) or not encoded or key_id in keys:
            message = _("Entry %(position)s of PORTICO_ENCRYPTION_KEYS is not `id:key` with an id of its own.")
            raise KeyRingInvalid(message % {"position": position})
        keys[key_id] = _decoded_key(key_id, encoded)
    return KeyRing(keys)


def current_ring() -> KeyRing:
    return read_ring(settings.PORTICO_ENCRYPTION_KEYS)


def seal(cluster: Cluster, credential: Credential, *, ring: KeyRing | None = None) -> str:
    """Store the credential as the cluster's only one, inside the caller's transaction; the new fingerprint."""
    ring = ring or current_ring()
    data_key = AESGCM.generate_key(KEY_BYTES * 8)
    ciphertext = _encrypt(data_key, credential.as_secret_json().encode(), _sealed_aad(cluster.pk))
    row = ClusterCredential(
        cluster=cluster,
        key_id=ring.primary_id,
        wrapped_key=_encrypt(ring.key(ring.primary_id), data_key, _wrap_aad(cluster.pk, ring.primary_id)),
        ciphertext=ciphertext,
        # Of what is stored, not of the secret: it tells envelopes apart and says nothing about what is inside.
        fingerprint=hashlib.sha256(ciphertext).hexdigest()[:20],
    )
    ClusterCredential.objects.filter(pk=cluster.pk).delete()
    row.save(force_insert=True)
    return row.fingerprint


def open_credential(cluster: Cluster, *, ring: KeyRing | None = None) -> tuple[Credential, str]:
    """The credential in clear and its fingerprint. For the call at hand; never store or log it."""
    row = _row(cluster)
    data_key = _unwrap(row, ring or current_ring())
    plaintext = _decrypt(data_key, bytes(row.ciphertext), _sealed_aad(row.cluster_id), row.cluster_id)
    return Credential.from_secret_json(plaintext.decode()), row.fingerprint


def fingerprint_of(cluster: Cluster) -> str:
    """Changes with every new credential; empty when there is none."""
    return ClusterCredential.objects.filter(pk=cluster.pk).values_list("fingerprint", flat=True).first() or ""


def discard(cluster: Cluster) -> None:
    ClusterCredential.objects.filter(pk=cluster.pk).delete()


def rotate(*, ring: KeyRing | None = None) -> Rotation:
    """Re-wrap every data key that is not under the first key, one row at a time; interrupt and repeat at will."""
    ring = ring or current_ring()
    rewrapped, failed = 0, []
    for row in ClusterCredential.objects.exclude(key_id=ring.primary_id).select_related("cluster").order_by("pk"):
        try:
            rewrapped += _rewrap(row, ring)
        except VaultError as error:
            failed.append(f"{row.cluster.name}: {error.message}")
    current = ClusterCredential.objects.filter(key_id=ring.primary_id).count()
    return Rotation(rewrapped, current, failed)


def _rewrap(row: ClusterCredential, ring: KeyRing) -> int:
    """1 when this call re-wrapped the row, 0 when it changed meanwhile: the guard keeps a newer credential safe."""
    data_key = _unwrap(row, ring)
    wrapped = _encrypt(ring.key(ring.primary_id), data_key, _wrap_aad(row.cluster_id, ring.primary_id))
    unchanged = ClusterCredential.objects.filter(pk=row.pk, key_id=row.key_id, fingerprint=row.fingerprint)
    return unchanged.update(key_id=ring.primary_id, wrapped_key=wrapped)


def _row(cluster: Cluster) -> ClusterCredential:
    row = ClusterCredential.objects.filter(pk=cluster.pk).first()
    if row is None:
        text = _("Cluster %(cluster)s has no credential. Give it a new one with “Re-key”.") % {"cluster": cluster.name}
        raise CredentialMissing(text)
    return row


def _unwrap(row: ClusterCredential, ring: KeyRing) -> bytes:
    key = ring.key(row.key_id)
    return _decrypt(key, bytes(row.wrapped_key), _wrap_aad(row.cluster_id, row.key_id), row.cluster_id)


def _wrap_aad(cluster_id: str, key_id: str) -> bytes:
    return f"portico.v1|clusters_clustercredential|{cluster_id}|wrapped_key|{key_id}".encode()


def _sealed_aad(cluster_id: str) -> bytes:
    return f"portico.v1|clusters_clustercredential|{cluster_id}|ciphertext".encode()


def _encrypt(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def _decrypt(key: bytes, envelope: bytes, aad: bytes, cluster_id: str) -> bytes:
    try:
        return AESGCM(key).decrypt(envelope[:NONCE_BYTES], envelope[NONCE_BYTES:], aad)
    except (InvalidTag, ValueError) as error:
        text = _("The credential of cluster %(id)s cannot be opened with the keys at hand. Re-key the cluster.")
        raise SealBroken(text % {"id": cluster_id}) from error


def _decoded_key(key_id: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        text = _("The encryption key “%(key)s” is not 32 bytes in base64. `manage.py new_key` prints one that is.")
        raise KeyRingInvalid(text % {"key": key_id})
    return key
