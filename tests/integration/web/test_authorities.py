"""The pages of known authorities and default certificates: who sees and who changes, and what is refused."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.clusters.models import Cluster
from apps.inventory.models import PrivateRoot
from apps.inventory.services import add_root
from testbed.certificates import CertificateAuthority
from tests import factories

pytestmark = pytest.mark.django_db
AUTHORITY = CertificateAuthority("House CA")
ROOT = {"name": "House", "certificate": AUTHORITY.certificate_pem}


@pytest.fixture
def cluster() -> Cluster:
    cluster = factories.make_cluster()
    factories.make_grant(factories.make_team("web"))
    return cluster


@pytest.fixture
def admin(client: Client, cluster: Cluster) -> User:
    user = factories.make_platform_admin("platform")
    client.force_login(user)
    return user


def test_root_is_registered_shown_and_removed(client, admin):
    url = reverse("web:root_list")
    assert client.post(url, ROOT).status_code == 302
    root = PrivateRoot.objects.get()
    shown = client.get(url).text
    assert [text in shown for text in ("House CA", root.fingerprint_sha256, "platform")] == [True] * 3
    remove = reverse("web:root_remove", args=[root.pk])
    assert "marked as untrusted from then on" in client.get(remove).text
    assert client.post(remove).status_code == 302
    assert PrivateRoot.objects.count() == 0


def test_what_is_no_authority_stands_beside_its_field(client, admin):
    leaf = AUTHORITY.issue(["a.example.com"]).certificate_pem
    response = client.post(reverse("web:root_list"), ROOT | {"certificate": leaf})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["certificate"]
    client.post(reverse("web:root_list"), ROOT)
    assert client.post(reverse("web:root_list"), ROOT).status_code == 422


def test_default_certificate_is_declared_with_its_names_and_withdrawn(client, admin, cluster):
    url = reverse("web:default_certificate", args=["dev-1"])
    leaf = AUTHORITY.issue(["*.example.com", "example.com"])
    assert client.post(url, {"names": "", "certificate": leaf.certificate_pem}).status_code == 302
    cluster.refresh_from_db()
    assert cluster.default_certificate_names == ["*.example.com", "example.com"]
    assert cluster.default_certificate["issuer"] == "House CA"
    shown = client.get(reverse("web:default_certificates")).text
    assert "*.example.com" in shown
    assert client.get(url).context["form"]["names"].value() == "*.example.com\nexample.com"
    assert client.post(url, {"action": "withdraw"}).status_code == 302
    cluster.refresh_from_db()
    assert cluster.default_certificate == {}


@pytest.mark.parametrize(
    ("names", "covered", "field", "message"),
    [
        ("", None, "names", "List the names that it covers"),
        ("*.com", None, "names", "*.com is not a name that a certificate can have."),
        ("a b_c.example.com", None, "names", "is not a name"),
        ("*.example.org", ["*.example.com"], "names", "The certificate does not cover *.example.org."),
        ("*.example.com", [], "certificate", "This is no certificate that can be read."),
    ],
)
@pytest.mark.usefixtures("admin")
def test_declaration_that_cannot_be_true_is_refused(client, names, covered, field, message):
    pem = "nothing" if covered == [] else AUTHORITY.issue(covered).certificate_pem if covered else ""
    response = client.post(reverse("web:default_certificate", args=["dev-1"]), {"names": names, "certificate": pem})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert message in response.context["form"].errors.as_text()


def test_others_read_and_change_nothing(client, cluster):
    team = factories.make_team("pay")
    factories.make_grant(team, namespace="pay")
    client.force_login(factories.make_user("ada", team=team))
    for name in ("web:root_list", "web:default_certificates"):
        response = client.get(reverse(name))
        assert (response.status_code, "Remove" in response.text, "Declare" in response.text) == (200, False, False)
    assert client.post(reverse("web:root_list"), ROOT).status_code == 403
    assert client.get(reverse("web:default_certificate", args=["dev-1"])).status_code == 403
    assert PrivateRoot.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_any_number(client, admin, count, django_assert_num_queries):
    for number in range(count):
        add_root(by=admin, name=f"N{number}", certificate=CertificateAuthority().certificate_pem)
        factories.make_cluster(f"more-{number}", wildcard_domain="")
    client.get(reverse("web:root_list"))
    with django_assert_num_queries(6):
        client.get(reverse("web:root_list"))
    with django_assert_num_queries(6):
        client.get(reverse("web:default_certificates"))
