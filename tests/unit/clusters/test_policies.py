"""What a cluster's plain properties must look like."""

from __future__ import annotations

import pytest

from apps.clusters.policies import collect, is_dns_name
from apps.common.errors import InvalidInput, Violation


def violation(**values) -> Violation:
    with pytest.raises(InvalidInput) as caught:
        collect(values)
    assert len(caught.value.errors) == 1
    return caught.value.errors[0]


@pytest.mark.parametrize("name", ["a", "dev-1", "0", "a" * 63])
def test_good_names(name):
    assert collect({"name": name}) == {"name": name}


@pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a.b", "a b", "a" * 64, "ä", "a\n", None, 7, ["a"]])
def test_bad_names(name):
    found = violation(name=name)

    assert (found.code, found.field) == ("invalid_name", "name")


@pytest.mark.parametrize("name", ["register", "new", "export"])
def test_name_that_an_address_of_the_portal_has_is_reserved(name):
    found = violation(name=name)
    assert (found.code, found.field, found.hint) == ("reserved_name", "name", f"Choose another one, such as {name}-1.")


@pytest.mark.parametrize("environment", ["", "DEV", "production", None, 1, ["dev"]])
def test_bad_environments(environment):
    found = violation(environment=environment)

    assert (found.code, found.field, found.hint) == (
        "invalid_environment",
        "environment",
        "Choose one of dev, test, staging, prod.",
    )


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        (None, ""),
        ("dev.localhost", "dev.localhost"),
        (" Dev.Example.NET. ", "dev.example.net"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_good_wildcard_domains(typed, stored):
    assert collect({"wildcard_domain": typed}) == {"wildcard_domain": stored}


@pytest.mark.parametrize(
    "domain",
    [
        "*.dev.example.net", "localhost", "a..b", ".a.b", "-a.b", "a-.b", "bücher.example", "a_b.c", "10.0.0.1",
        "a b.c", "a.b\n.c", "a." + "b" * 64, ".".join(["a" * 49] * 5) + ".abc", 7, {}, "a.b/c", "a.b:80",
    ],
)  # fmt: skip
def test_bad_wildcard_domains(domain):
    found = violation(wildcard_domain=domain)

    assert (found.code, found.field) == ("invalid_wildcard_domain", "wildcard_domain")


def test_entry_is_completed():
    assert collect({"entry": None}) == {"entry": {"addresses": [], "http_port": 80, "https_port": 443}}


def test_entry_is_written_in_the_usual_form():
    typed = {"addresses": ["10.0.0.10", "FD00::0001", "LB.Example.net.", "10.0.0.10"], "http_port": 8080}

    assert collect({"entry": typed})["entry"] == {
        "addresses": ["10.0.0.10", "fd00::1", "lb.example.net"],
        "http_port": 8080,
        "https_port": 443,
    }


@pytest.mark.parametrize(
    ("entry", "code", "field"),
    [
        ([], "invalid", "entry"),
        ("10.0.0.1", "invalid", "entry"),
        ({"adresses": []}, "unknown_field", "entry.adresses"),
        ({"addresses": "10.0.0.1"}, "invalid", "entry.addresses"),
        ({"addresses": ["10.0.0.1"] * 21}, "invalid", "entry.addresses"),
        ({"addresses": ["10.0.0.1", "10.0.0.256"]}, "invalid_address", "entry.addresses.1"),
        ({"addresses": ["http://lb"]}, "invalid_address", "entry.addresses.0"),
        ({"addresses": [""]}, "invalid_address", "entry.addresses.0"),
        ({"addresses": [7]}, "invalid_address", "entry.addresses.0"),
        ({"addresses": ["bücher.example"]}, "invalid_address", "entry.addresses.0"),
        ({"http_port": 0}, "invalid_port", "entry.http_port"),
        ({"http_port": 65536}, "invalid_port", "entry.http_port"),
        ({"https_port": "443"}, "invalid_port", "entry.https_port"),
        ({"https_port": True}, "invalid_port", "entry.https_port"),
        ({"https_port": 443.0}, "invalid_port", "entry.https_port"),
    ],
)
def test_bad_entries(entry, code, field):
    found = violation(entry=entry)

    assert (found.code, found.field) == (code, field)


@pytest.mark.parametrize("name", ["", "nginx", "my.class-1", "a" * 253])
def test_good_ingress_class_names(name):
    assert collect({"default_ingress_class_name": name}) == {"default_ingress_class_name": name}


@pytest.mark.parametrize("name", ["Nginx", "a..b", "-a", "a/b", "a" * 254, 7, "a\n"])
def test_bad_ingress_class_names(name):
    assert violation(default_ingress_class_name=name).field == "default_ingress_class_name"


@pytest.mark.parametrize("name", ["a b", "a/b", 7, "x" * 300, "10.0.0.1"])
def test_bad_tls_server_names(name):
    assert violation(tls_server_name=name).code == "invalid_tls_server_name"


@pytest.mark.parametrize("reason", ["", "  ", None, 7, "x" * 301, "two\nlines", "nul\x00"])
def test_bad_pause_reasons(reason):
    assert violation(reason=reason).field == "reason"


def test_every_broken_rule_is_reported():
    with pytest.raises(InvalidInput) as caught:
        collect({"name": "", "environment": "x", "colour": "red"})

    assert [error.field for error in caught.value.errors] == ["name", "environment", "colour"]
    assert caught.value.errors[2].code == "unknown_field"


@pytest.mark.parametrize(("text", "answer"), [("a.b", True), ("a", True), ("1.2", False), ("", False), ("a.1", False)])
def test_dns_names(text, answer):
    assert is_dns_name(text) is answer
