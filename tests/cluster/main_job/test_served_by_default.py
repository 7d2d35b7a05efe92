"""The cluster's default certificate with real parts: what was declared and approved is what Traefik serves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import hashes

from testbed.bed import DEFAULT_NAMES
from testbed.certificates import CertificateAuthority, Leaf
from testbed.process import eventually
from tests.cluster.main_job.conftest import CLUSTER, Site

DECLARATION = f"/clusters/{CLUSTER}/default-certificate/"


@pytest.fixture(scope="module")
def zone(site: Site) -> str:
    """Names that the default certificate covers, granted to team *web*."""
    name = DEFAULT_NAMES.removeprefix("*.")
    body = {"name": name, "team": "web", "approver_group": "network"}
    assert site.ask("platform", "POST", "/zones/", body).status == 201
    return name


@pytest.fixture
def default(site: Site, zone: str) -> Iterator[Leaf]:
    """What stands in Traefik's default store, declared; taken back at the end."""
    leaf = site.traefik.default
    assert leaf is not None
    declare(site, leaf)
    yield leaf
    assert site.ask("platform", "DELETE", DECLARATION).status == 204


def declare(site: Site, leaf: Leaf) -> None:
    answer = site.ask("platform", "PUT", DECLARATION, {"names": [], "certificate": leaf.certificate_pem})
    assert answer.status == 200, answer.text
    assert plain(answer.json["fingerprint_sha256"]) == fingerprint(leaf)


def fingerprint(leaf: Leaf) -> str:
    return leaf.certificate.fingerprint(hashes.SHA256()).hex()


def plain(text: str) -> str:
    return text.replace(":", "").lower()


def served(site: Site, host: str) -> str:
    return site.traefik.certificate_of(host).fingerprint(hashes.SHA256()).hex()


def host_of(site: Site, name: str) -> str:
    return DEFAULT_NAMES.replace("*", f"{name}-{site.namespace}")


def test_traefik_serves_exactly_the_declared_certificate_once_it_is_approved(site: Site, default: Leaf) -> None:
    host = host_of(site, "shop")
    request = site.expose(host, by_default=True).json["change_request"]
    assert (request["state"], site.traefik.get(host).status) == ("pending", 404)

    assert site.approve(request).status == 200

    assert site.settled(request)["state"] == "done"
    [ingress] = site.ingresses_for(host)
    assert ingress["spec"]["tls"] == [{"hosts": [host]}]
    answer = site.traefik.get_secure(host, ca_pem=default.issuer_pem)
    assert (answer.status, answer.json()["backend"]) == (200, "one")
    assert served(site, host) == fingerprint(default)
    shown = site.ask("developer", "GET", f"/exposures/{request['exposure']}/").json
    assert {each["type"]: each["status"] for each in shown["conditions"]}["Serving"] == "True"


def test_another_certificate_declared_before_the_decision_reaches_nothing(site: Site, default: Leaf) -> None:
    host = host_of(site, "swapped")
    request = site.expose(host, by_default=True).json["change_request"]
    declare(site, CertificateAuthority("Another").issue([DEFAULT_NAMES]))

    decided = site.approve(request)

    assert (decided.status, decided.json["state"]) == (200, "stale"), decided.text
    assert "is not the one that was approved" in decided.json["explanation"]
    assert site.ingresses_for(host) == []


def test_declared_certificate_that_is_not_served_does_not_count_as_serving(site: Site, default: Leaf) -> None:
    """A declaration is believed for offering it; the entry is asked what it serves."""
    host = f"other.{site.namespace}.example.com"
    declare(site, CertificateAuthority("Another").issue([host]))
    request = site.expose(host, by_default=True).json["change_request"]
    site.approve(request)

    def serving() -> str:
        shown = site.ask("developer", "GET", f"/exposures/{request['exposure']}/").json
        found = {each["type"]: each["reason"] for each in shown["conditions"]}
        return str(found.get("Serving", ""))

    assert eventually(lambda: serving() == "OtherCertificate", seconds=60)
    assert served(site, host) == fingerprint(default)
