"""What the demo consists of: names, addresses and files. Everything else reads them here."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

CLUSTERS = ("dev-1", "test-1", "prod-1")
SERVICES = ("web/shop", "web/docs", "pay/ledger")
HOST = "127.0.0.1"
HTTPS_OFFSET = 363
PASSWORD = "portico-demo"
PLAN_FILE = "plan.json"


@dataclass(frozen=True, slots=True)
class Plan:
    """One demo: its folder, the ports people see, and the ports only its parts use (by name of cluster or service)."""

    folder: Path
    port: int
    router_port: int
    inner_ports: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Plan:
        """The plan that the supervisor saved for its parts."""
        return cls(folder, **json.loads((folder / PLAN_FILE).read_text()))

    def as_json(self) -> str:
        return json.dumps({"port": self.port, "router_port": self.router_port, "inner_ports": self.inner_ports})

    @property
    def https_port(self) -> int:
        return self.router_port + HTTPS_OFFSET

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def sandbox(self) -> Path:
        return self.folder / "sandbox"

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def router_kubeconfig(self) -> Path:
        return self.sandbox / "router.kubeconfig"

    @property
    def tokens_file(self) -> Path:
        return self.folder / "tokens.env"

    @property
    def broker(self) -> Path:
        return self.folder / "broker"

    @property
    def life_stamp(self) -> Path:
        """Exists once the first exposures were made, so that nobody's changes are undone by a restart."""
        return self.folder / "first-exposures"

    def endpoint(self, cluster: str) -> str:
        return f"https://{HOST}:{self.inner_ports[cluster]}"

    def certificate_authority(self, cluster: str) -> str:
        return (self.sandbox / cluster / "ca.pem").read_text()

    @property
    def entry(self) -> dict[str, object]:
        """Where the hosts of every cluster answer: the one router."""
        return {"addresses": [HOST], "http_port": self.router_port, "https_port": self.https_port}

    def environment(self) -> dict[str, str]:
        """What the parts of the product are started with. Secrets come from files, none stands in the environment."""
        foreign = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "KUBECONFIG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS")
        inherited = {
            name: value for name, value in os.environ.items() if name not in foreign and not name.startswith("PORTICO_")
        }
        return inherited | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PORTICO_ENV": "demo",
            "PORTICO_STATE_DIR": str(self.folder),
            "PORTICO_STATIC_ROOT": str(self.folder / "static"),
            "PORTICO_URL": self.url,
            "PORTICO_ALLOW_LOOPBACK_CLUSTERS": "1",
            "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
            "SECRET_KEY_FILE": str(self.folder / "keys" / "secret_key"),
            "PORTICO_ENCRYPTION_KEYS_FILE": str(self.folder / "keys" / "encryption_keys"),
            "PYTHONUNBUFFERED": "1",
        }
