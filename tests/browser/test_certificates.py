"""Uploading a certificate in a browser, on the whole product: what is refused stays, what is good can be chosen."""

import re

import pytest
from playwright.sync_api import expect

from testbed.certificates import CertificateAuthority
from testbed.process import eventually
from tests.browser.behind import approve, call, cluster_client, publish
from tests.browser.exposure_form import unused_name

NAMES = ["upload.example.com", "*.upload.example.com"]


@pytest.fixture
def developer(portal, sign_in):
    """The page of the upload, as the developer of team web sees it."""
    page = sign_in("developer")
    page.goto(f"{portal.url}/certificates/")
    page.get_by_role("link", name="Upload certificate").click()
    return page


def test_a_swapped_pair_is_explained_and_the_right_one_can_be_chosen_at_once(portal, developer):
    leaf = CertificateAuthority("Upload CA").issue(NAMES)
    chain, key = (
        developer.get_by_label("Certificate chain", exact=True),
        developer.get_by_label("Private key", exact=True),
    )
    developer.get_by_label("Namespace").select_option("dev-1/web")
    developer.get_by_label("Name", exact=True).fill("upload-tls")
    chain.fill(leaf.private_key_pem)
    key.fill(leaf.certificate_pem)
    developer.get_by_role("button", name="Check and upload").click()
    expect(developer.locator("#errors-certificate")).to_contain_text("Swap the two fields.")
    expect(chain).to_have_value(leaf.private_key_pem)
    expect(key).to_have_value(leaf.certificate_pem)

    chain.fill(leaf.certificate_pem)
    key.fill(leaf.private_key_pem)
    developer.get_by_role("button", name="Check and upload").click()
    expect(developer.get_by_role("heading", level=1)).to_contain_text(re.compile(r"upload-tls-\d{4}-\d\d-\d\d"))
    expect(developer.locator("#uses")).to_contain_text("Nothing uses it")
    chosen = "cluster=dev-1&namespace=web&service=shop&port=http&host=a.upload.example.com&scheme=https"
    developer.goto(f"{portal.url}/exposures/new/?{chosen}")
    expect(developer.locator("main")).to_contain_text("upload-tls-")


def test_opaque_pair_is_copied_from_the_picker_and_chosen_with_nothing_lost(portal, sign_in, axe_findings):
    host = f"{unused_name('copied')}.example.com"
    leaf, name = CertificateAuthority("Copy CA").issue([host]), unused_name("legacy-pair")
    content = {"server.crt": leaf.certificate_pem, "server.key": leaf.private_key_pem}
    metadata = {"namespace": "web", "name": name}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "stringData": content}
    with cluster_client(portal, "dev-1") as client:
        client.apply(secret, field_manager="kubectl")
    assert eventually(lambda: call(portal, "platform", "POST", "clusters/dev-1/refresh/", {})["ran"])
    page = sign_in("developer")
    chosen = f"cluster=dev-1&namespace=web&service=shop&port=http&host_kind=custom&host={host}&scheme=https"
    page.goto(f"{portal.url}/exposures/new/?{chosen}&reason=Typed")
    expect(page.get_by_text(name)).to_have_count(0)
    page.get_by_role("button", name="Change How").click()
    page.get_by_label("Show secrets of other types too").check()
    expect(page.locator("#certificate-rows")).to_contain_text(name)
    assert axe_findings(page) == []
    page.get_by_role("button", name=f"Look inside and copy {name}").click()
    expect(page.locator("#outcome")).to_contain_text(re.compile(rf"{name}-\d{{4}}-\d\d-\d\d"))
    expect(page.get_by_label("Reason")).to_have_value("Typed")
    expect(page.locator("input[name=secret]:checked")).to_have_value(re.compile(rf"^{name}-"))


def test_exposures_move_to_the_successor_and_the_old_certificate_is_retired(portal, sign_in, axe_findings):
    host, name = f"{unused_name('moved')}.example.com", unused_name("moving-tls")
    authority = CertificateAuthority("Move CA")
    made = []
    for _version in range(2):
        leaf = authority.issue([host])
        pair = {"name": name, "certificate": leaf.certificate_pem, "private_key": leaf.private_key_pem}
        made.append(call(portal, "developer", "POST", "clusters/dev-1/namespaces/web/certificates/", pair))
    old, new = (one["secret_name"] for one in made)
    publish(portal, host, old)

    page = sign_in("developer")
    page.goto(f"{portal.url}/certificates/dev-1/web/{new}/")
    page.get_by_role("link", name="Move exposures to this certificate").click()
    expect(page.get_by_role("checkbox", name=re.compile(host))).to_be_checked()
    assert axe_findings(page) == []
    page.get_by_role("button", name="Ask for the change of each").click()
    opened = page.get_by_role("link", name="Open the request")
    expect(opened).to_have_count(1)
    assert axe_findings(page) == []
    address = opened.get_attribute("href") or ""
    page.goto(f"{portal.url}/certificates/dev-1/web/{old}/retire/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Retire {old}?")
    expect(page.get_by_role("button", name="Delete in the cluster")).to_have_count(0)
    approve(portal, address.strip("/").rpartition("/")[2])

    page.reload()
    page.get_by_label("Name of the certificate").fill(old)
    assert axe_findings(page) == []
    page.get_by_role("button", name="Delete in the cluster").click()
    expect(page.locator("#toasts")).to_contain_text(f"{old} was deleted in the cluster.")
    page.goto(f"{portal.url}/certificates/?q={name}")
    expect(page.locator("tbody tr")).to_have_count(1)
