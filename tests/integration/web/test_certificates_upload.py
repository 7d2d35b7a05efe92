"""The page on which certificates are uploaded: who gets it, what it says of a pair that is no good, and the way on."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.clusters.services import pause_cluster
from apps.common.actors import SCHEDULER
from apps.inventory.models import Secret
from apps.inventory.services import add_root
from testbed.certificates import Leaf
from tests.factories import make_grant, make_namespace, make_platform_admin, make_secret
from tests.integration.scenes import AUTHORITY, Scene

URL = "/certificates/upload/"
NAMES = ["new.example.com"]


@pytest.fixture
def developer(scene: Scene, client: Client) -> Client:
    client.force_login(scene.developer)
    return client


@pytest.fixture
def leaf() -> Leaf:
    return AUTHORITY.issue(NAMES)


def pair(leaf: Leaf, **changes: Any) -> dict[str, Any]:
    return {
        "place": "dev-1/web",
        "name": "new-tls",
        "certificate": leaf.certificate_pem,
        "private_key": leaf.private_key_pem,
    } | changes


def today() -> str:
    return f"new-tls-{timezone.now().date().isoformat()}"


def test_upload_leads_to_the_page_of_the_new_certificate(developer, leaf):
    response = developer.post(URL, pair(leaf), follow=True)
    assert response.redirect_chain == [(f"/certificates/dev-1/web/{today()}/", 302)]
    assert f"{today()} is in the cluster and can be chosen now." in response.text
    assert "new.example.com" in response.text


def test_files_do_as_well_as_text(developer, leaf):
    files = {
        "certificate_file": SimpleUploadedFile("tls.crt", leaf.certificate_pem.encode()),
        "private_key_file": SimpleUploadedFile("tls.key", leaf.private_key_pem.encode()),
    }
    assert developer.post(URL, {"place": "dev-1/web", "name": "new-tls", **files}).status_code == 302
    assert Secret.objects.get(name=today()).subject_names == NAMES


def test_form_that_is_sent_twice_uploads_once(developer, leaf):
    token = developer.get(URL).context["form"].initial["token"]
    urls = {developer.post(URL, pair(leaf, token=token)).url for _attempt in range(2)}
    assert urls == {f"/certificates/dev-1/web/{today()}/"}
    assert Secret.objects.filter(name__startswith="new-tls").count() == 1


def test_browser_with_scripts_gets_only_what_was_refused(developer, leaf):
    headers = {"HX-Request": "true"}
    swapped = pair(leaf, certificate=leaf.private_key_pem, private_key=leaf.certificate_pem)
    refused = developer.post(URL, swapped, headers=headers)
    assert refused.status_code == 422
    assert "<html" not in refused.text
    assert 'id="errors-certificate"' in refused.text
    assert "The key is in the place of the certificate" in refused.text
    assert developer.post(URL, pair(leaf), headers=headers)["HX-Redirect"] == f"/certificates/dev-1/web/{today()}/"


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"certificate": ""}, "certificate", "Paste the certificate chain or choose its file."),
        ({"private_key": " "}, "private_key", "Paste the private key or choose its file."),
        ({"name": "Shop TLS"}, "name", "A Secret cannot have this name."),
        ({"name": ""}, "name", "This field is required."),
        ({"place": "dev-1/pay"}, "place", "Select a valid choice."),
        ({"private_key": "secret"}, "private_key", "The content is not PEM text; it may be DER or PKCS#12."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(developer, leaf, changes, field, message):
    response = developer.post(URL, pair(leaf, **changes))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert message in response.text


def test_both_text_and_file_are_one_too_many(developer, leaf):
    file = SimpleUploadedFile("tls.crt", leaf.certificate_pem.encode())
    response = developer.post(URL, pair(leaf, certificate_file=file))
    assert response.context["form"].errors == {"certificate": ["Paste it or choose a file, not both."]}


def test_file_that_is_no_text_or_too_large_is_explained(developer, leaf):
    der, huge = SimpleUploadedFile("a.der", b"\x30\x82\xff\x00"), SimpleUploadedFile("a.pem", b"x" * (512 * 1024 + 1))
    found = {}
    for file in (der, huge):
        sent = pair(leaf, certificate="", certificate_file=file)
        found[file.name] = {
            name: list(errors) for name, errors in developer.post(URL, sent).context["form"].errors.items()
        }
    message = "The content is not PEM text; it may be DER or PKCS#12."
    hint = "Convert it with `openssl x509`, `openssl pkey` or `openssl pkcs12`."
    assert found == {
        "a.der": {"certificate": [f"{message} {hint}"]},
        "a.pem": {"certificate_file": ["The file is larger than 512 KiB."]},
    }


def test_cluster_that_cannot_take_it_says_so_above_the_form(developer, scene, leaf):
    scene.sandbox.refuse()
    response = developer.post(URL, pair(leaf))
    assert response.status_code == 422
    assert len(response.context["form"].non_field_errors()) == 1
    scene.sandbox.clear()
    pause_cluster(by=make_platform_admin("platform"), cluster=scene.cluster, reason="Upgrade.")
    assert "Cluster dev-1 is paused: Upgrade." in developer.post(URL, pair(leaf)).text


def test_places_are_those_where_the_person_is_developer(developer, scene):
    make_grant(scene.web, "dev-1", "not-seen-yet")
    make_namespace(scene.cluster, "web-2")
    make_grant(scene.web, "dev-1", "web-2")
    form = developer.get(URL).context["form"]
    assert [value for value, _label in form.fields["place"].choices] == ["dev-1/web", "dev-1/web-2"]


def test_those_who_upload_nowhere_get_neither_page_nor_button(scene, client):
    for user in (scene.viewer, scene.approver, make_platform_admin("platform")):
        client.force_login(user)
        assert client.get(URL).status_code == 403
        assert client.post(URL, {}).status_code == 403
        assert URL not in client.get("/certificates/").text


def test_page_of_a_certificate_leads_to_the_upload_of_its_successor(developer, scene):
    make_secret(scene.cluster, "docs-tls-2026-01-31-2")
    page = developer.get(reverse("web:certificate_detail", args=["dev-1", "web", "docs-tls-2026-01-31-2"])).text
    assert f"{URL}?place=dev-1%2Fweb&amp;name=docs-tls" in page
    form = developer.get(URL, {"place": "dev-1/web", "name": "docs-tls"}).context["form"]
    assert (form["place"].value(), form["name"].value()) == ("dev-1/web", "docs-tls")
    assert URL in developer.get("/certificates/").text


def test_page_of_a_certificate_shows_its_chain_and_where_it_ends(developer, scene):
    address = reverse("web:certificate_detail", args=["dev-1", "web", "shop-tls"])
    unknown = developer.get(address).context["chain"]
    assert ([row.link.subject for row in unknown.links], unknown.is_known) == (["shop.example.com", "Scene CA"], False)
    leaf = AUTHORITY.issue(NAMES)
    add_root(by=SCHEDULER, name="Scene", certificate=AUTHORITY.certificate_pem)
    developer.post(URL, pair(leaf))
    page = developer.get(reverse("web:certificate_detail", args=["dev-1", "web", today()]))
    known = page.context["chain"]
    assert [(row.link.subject, row.is_stored) for row in known.links] == [
        ("new.example.com", True),
        ("Scene CA", False),
    ]
    assert "ends in a known authority" in page.text
