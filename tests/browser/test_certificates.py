"""Uploading a certificate in a browser, on the whole product: what is refused stays, what is good can be chosen."""

import re

import pytest
from playwright.sync_api import expect

from testbed.certificates import CertificateAuthority

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
