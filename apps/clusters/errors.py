"""What can go wrong with the key ring and the envelopes. Messages name keys by id and never show one."""

from apps.common.errors import PortalError


class VaultError(PortalError):
    """A credential cannot be sealed or opened; an operator has to act."""

    code = "vault_error"
    status = 500


class KeyRingInvalid(VaultError):
    """PORTICO_ENCRYPTION_KEYS cannot be read."""

    code = "encryption_keys_invalid"


class KeyMissing(VaultError):
    """The credential is sealed under a key that the ring does not have."""

    code = "encryption_key_missing"


class SealBroken(VaultError):
    """The key is there but does not open the envelope: altered, moved between rows, or the key is a wrong one."""

    code = "credential_unreadable"


class CredentialMissing(VaultError):
    """The cluster has no credential, e.g. because it was retired."""

    code = "credential_missing"
    status = 409
