"""What the portal takes from a kubeconfig, and everything it refuses."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.common.errors import Violation
from apps.kube.kubeconfig import ContextName, KubeconfigRefused, list_contexts, read_kubeconfig, read_token_registration
from tests.unit.kube.certs import Pair, issue, key_pem


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def config(ca: Pair) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "dev",
        "clusters": [
            {
                "name": "c",
                "cluster": {"server": "https://10.0.0.10:6443", "certificate-authority-data": encoded(ca.pem)},
            }
        ],
        "users": [{"name": "u", "user": {"token": "abc.def"}}],
        "contexts": [{"name": "dev", "context": {"cluster": "c", "user": "u", "namespace": "web"}}],
    }


def refusals(document: Any, **options: Any) -> list[tuple[str, str]]:
    text = document if isinstance(document, str) else yaml.safe_dump(document)
    with pytest.raises(KubeconfigRefused) as raised:
        read_kubeconfig(text, **options)
    assert all(one.message for one in raised.value.errors)
    return [(one.code, one.field) for one in raised.value.errors]


def test_token_kubeconfig_is_read(config, ca):
    read = read_kubeconfig(yaml.safe_dump(config))

    assert (read.context, read.credential.token, read.credential.client_certificate) == ("dev", "abc.def", "")
    assert read.endpoint.url == "https://10.0.0.10:6443"
    assert read.endpoint.certificate_authority == ca.pem
    assert read.endpoint.tls_server_name == ""


def test_client_certificate_kubeconfig_is_read(config, ca):
    pair = issue([], issuer=ca)
    config["users"][0]["user"] = {
        "client-certificate-data": encoded(pair.pem),
        "client-key-data": encoded(pair.key_pem),
    }

    credential = read_kubeconfig(yaml.safe_dump(config)).credential

    assert (credential.token, credential.client_certificate, credential.client_key) == ("", pair.pem, pair.key_pem)


@pytest.mark.parametrize(
    "write",
    [json.dumps, lambda config: "\ufeff" + yaml.safe_dump(config), lambda config: yaml.dump(config, line_break="\r\n")],
    ids=["json", "byte order mark", "windows"],
)
def test_other_spellings_are_read(config, write):
    assert read_kubeconfig(write(config)).credential.token == "abc.def"


def test_server_name_is_kept(config):
    config["clusters"][0]["cluster"]["tls-server-name"] = "kubernetes.default.svc"

    assert read_kubeconfig(yaml.safe_dump(config)).endpoint.tls_server_name == "kubernetes.default.svc"


def test_fields_switched_off_are_no_refusal(config):
    config["clusters"][0]["cluster"]["insecure-skip-tls-verify"] = False
    config["users"][0]["user"] |= {"as": "", "exec": None, "username": ""}

    assert read_kubeconfig(yaml.safe_dump(config)).context == "dev"


CLUSTER = "clusters.0.cluster"
USER = "users.0.user"


@pytest.mark.parametrize(
    ("where", "field", "value", "code"),
    [
        (CLUSTER, "certificate-authority", "/etc/ca.crt", "file_path"),
        (CLUSTER, "insecure-skip-tls-verify", True, "insecure_skip_tls_verify"),
        (CLUSTER, "insecure-skip-tls-verify", "true", "insecure_skip_tls_verify"),
        (CLUSTER, "proxy-url", "http://10.0.0.1:3128", "proxy_url"),
        (CLUSTER, "server", "http://10.0.0.10", "url_not_https"),
        (CLUSTER, "server", "https://u:p@10.0.0.10", "url_userinfo"),
        (CLUSTER, "server", None, "url_not_https"),
        (CLUSTER, "server", 5, "wrong_type"),
        (CLUSTER, "certificate-authority-data", None, "certificate_authority_missing"),
        (CLUSTER, "certificate-authority-data", "%%%", "base64_malformed"),
        (CLUSTER, "certificate-authority-data", encoded("no pem"), "certificate_authority_unparsable"),
        (CLUSTER, "certificate-authority-data", ["x"], "wrong_type"),
        (CLUSTER, "tls-server-name", "a b", "tls_server_name_invalid"),
        (USER, "exec", {"command": "/bin/sh", "args": ["-c", "id"]}, "exec"),
        (USER, "auth-provider", {"name": "gcp", "config": {"cmd-path": "/bin/sh"}}, "auth_provider"),
        (USER, "client-certificate", "/etc/c.crt", "file_path"),
        (USER, "client-key", "/etc/c.key", "file_path"),
        (USER, "tokenFile", "/var/run/token", "file_path"),
        (USER, "username", "admin", "basic_auth"),
        (USER, "password", "secret", "basic_auth"),
        (USER, "as", "system:admin", "impersonation"),
        (USER, "as-uid", "1", "impersonation"),
        (USER, "as-groups", ["system:masters"], "impersonation"),
        (USER, "as-user-extra", {"a": ["b"]}, "impersonation"),
        (USER, "token", 12, "wrong_type"),
        (USER, "token", "two words", "token_malformed"),
        (USER, "token", "a\nX-Evil: 1", "token_malformed"),
        (USER, "token", "   ", "token_empty"),
    ],
)
def test_field_that_is_not_accepted_is_refused_at_its_place(config, where, field, value, code):
    plural, index, single = where.split(".")
    config[plural][int(index)][single][field] = value

    assert refusals(config) == [(code, f"{where}.{field}")]


def test_all_refusals_are_listed_together(config):
    config["clusters"][0]["cluster"]["proxy-url"] = "http://x"
    config["users"][0]["user"] |= {"exec": {"command": "x"}, "as": "root"}

    assert refusals(config) == [
        ("proxy_url", "clusters.0.cluster.proxy-url"),
        ("exec", "users.0.user.exec"),
        ("impersonation", "users.0.user.as"),
    ]


def test_user_without_credential_is_refused(config):
    config["users"][0]["user"] = {}

    assert refusals(config) == [("credential_missing", "users.0.user")]


def test_client_certificate_without_its_key_is_refused(config, ca):
    config["users"][0]["user"] = {"client-certificate-data": encoded(issue([], issuer=ca).pem)}

    assert refusals(config) == [("client_key_unparsable", "users.0.user.client-key-data")]


def test_client_key_of_another_pair_is_refused(config, ca):
    one, other = issue([], issuer=ca), issue([], issuer=ca)
    config["users"][0]["user"] = {
        "client-certificate-data": encoded(one.pem),
        "client-key-data": encoded(other.key_pem),
    }

    assert refusals(config) == [("client_key_mismatch", "users.0.user.client-key-data")]


def test_client_key_with_passphrase_is_refused(config, ca):
    pair = issue([], issuer=ca)
    config["users"][0]["user"] = {
        "client-certificate-data": encoded(pair.pem),
        "client-key-data": encoded(key_pem(pair.key, b"pass")),
    }

    assert refusals(config) == [("client_key_unparsable", "users.0.user.client-key-data")]


def two_contexts(config: dict[str, Any]) -> dict[str, Any]:
    config["contexts"].append({"name": "prod", "context": {"cluster": "c", "user": "u"}})
    return config


def test_contexts_are_listed_in_order(config):
    assert list_contexts(yaml.safe_dump(two_contexts(config))) == [
        ContextName("dev", "c", "u", current=True),
        ContextName("prod", "c", "u", current=False),
    ]


def test_several_contexts_need_a_choice_even_with_a_current_one(config):
    with pytest.raises(KubeconfigRefused) as raised:
        read_kubeconfig(yaml.safe_dump(two_contexts(config)))

    assert raised.value.errors == [
        Violation(
            "context_required", "context", "The kubeconfig has several contexts: dev, prod.", "Choose one of them."
        )
    ]


def test_chosen_context_is_read(config):
    assert read_kubeconfig(yaml.safe_dump(two_contexts(config)), context="prod").context == "prod"


def test_unused_entries_are_not_judged(config):
    config["users"].append({"name": "other", "user": {"exec": {"command": "x"}}})

    assert read_kubeconfig(yaml.safe_dump(config)).context == "dev"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"contexts": []}, ("no_context", "contexts")),
        ({"contexts": None}, ("no_context", "contexts")),
        ({"contexts": {}}, ("wrong_type", "contexts")),
        ({"contexts": ["dev"]}, ("wrong_type", "contexts.0")),
        ({"contexts": [{"name": 5}]}, ("wrong_type", "contexts.0.name")),
        ({"contexts": [{"name": ""}]}, ("name_missing_or_repeated", "contexts.0.name")),
        ({"contexts": [{"name": "a"}, {"name": "a"}]}, ("name_missing_or_repeated", "contexts.1.name")),
        ({"contexts": [{"name": "dev", "context": "c"}]}, ("wrong_type", "contexts.0.context")),
        ({"clusters": []}, ("cluster_unknown", "contexts.0.context.cluster")),
        ({"users": []}, ("user_unknown", "contexts.0.context.user")),
        ({"users": [{"name": "u", "user": []}]}, ("wrong_type", "users.0.user")),
        ({"kind": "Secret"}, ("not_a_kubeconfig", "kubeconfig")),
    ],
)
def test_structure_that_is_wrong_is_refused(config, change, expected):
    assert refusals(config | change) == [expected]


def test_unknown_context_is_refused(config):
    assert refusals(config, context="nope") == [("context_unknown", "context")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_kubeconfig"),
        ("just text", "not_a_kubeconfig"),
        ("[]", "not_a_kubeconfig"),
        ("a: [", "yaml_malformed"),
        ("\x00", "yaml_malformed"),
        ("\ud800", "yaml_malformed"),
        ("a: &x 1", "yaml_alias"),
        ("a: *x", "yaml_alias"),
        ("a: !!python/object/apply:os.system [id]", "yaml_tag"),
        ("a: 1\n---\nb: 2", "yaml_several_documents"),
        ("a: 1\na: 2", "yaml_duplicate_key"),
        ("b:\n  a: 1\n  a: 2", "yaml_duplicate_key"),
        ("1: 2", "yaml_key"),
        ("? {a: b}\n: 2", "yaml_key"),
        ("<<: {a: b}", "yaml_key"),
        ("[" * 10_000, "yaml_too_deep"),
        ("{a: " * 10_000, "yaml_too_deep"),
        ("a: " + "x" * 1024 * 1024, "kubeconfig_too_large"),
        ("a: " + "ü" * 600_000, "kubeconfig_too_large"),
    ],
)
def test_text_that_is_no_kubeconfig_is_refused(text, code):
    assert refusals(text) == [(code, "kubeconfig")]


def test_malformed_yaml_names_the_line_and_not_the_text():
    with pytest.raises(KubeconfigRefused) as raised:
        read_kubeconfig("a: 1\nb: 2\ntoken: 'secret\n")

    assert raised.value.message == "This is not valid YAML near line 4."


def test_billion_laughs_is_refused_at_once():
    bomb = "a: &a [x,x]\n" + "".join(f"{b}: &{b} [*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))

    assert refusals(bomb) == [("yaml_alias", "kubeconfig")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    with pytest.raises(KubeconfigRefused):
        read_kubeconfig(text)


@settings(max_examples=150)
@given(
    junk=JSON, place=st.sampled_from(["clusters", "users", "contexts", "current-context", "kind", "cluster", "user"])
)
def test_any_value_anywhere_is_read_or_refused(ca_config, junk, place):
    document = copy.deepcopy(ca_config)
    if place in {"cluster", "user"}:
        document[f"{place}s"][0][place] = junk
    else:
        document[place] = junk
    text = yaml.dump(document, Dumper=NoAliases)

    try:
        token = read_kubeconfig(text).credential.token
    except KubeconfigRefused as refusal:
        token = "refused" if refusal.errors else "refused without a reason"

    assert token in {"abc", "refused"}


class NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, value: Any) -> bool:
        return True


@pytest.fixture(scope="module")
def ca_config(ca: Pair) -> dict[str, Any]:
    return {
        "clusters": [
            {"name": "c", "cluster": {"server": "https://10.0.0.1", "certificate-authority-data": encoded(ca.pem)}}
        ],
        "users": [{"name": "u", "user": {"token": "abc"}}],
        "contexts": [{"name": "dev", "context": {"cluster": "c", "user": "u"}}],
    }


def test_token_registration_is_read(ca):
    read = read_token_registration(endpoint="https://10.0.0.1:6443", certificate_authority=ca.pem, token=" abc\n")

    assert (read.endpoint.url, read.endpoint.certificate_authority, read.credential.token) == (
        "https://10.0.0.1:6443",
        ca.pem,
        "abc",
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"endpoint": "http://10.0.0.1"}, ("url_not_https", "endpoint")),
        ({"certificate_authority": ""}, ("certificate_authority_unparsable", "certificate_authority")),
        ({"token": ""}, ("token_empty", "token")),
        ({"token": "a b"}, ("token_malformed", "token")),
    ],
)
def test_token_registration_with_a_bad_field_is_refused(ca, change, expected):
    given_fields = {"endpoint": "https://10.0.0.1", "certificate_authority": ca.pem, "token": "abc"} | change

    with pytest.raises(KubeconfigRefused) as raised:
        read_token_registration(**given_fields)

    assert [(one.code, one.field) for one in raised.value.errors] == [expected]
