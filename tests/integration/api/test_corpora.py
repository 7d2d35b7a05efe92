"""Corpora of hosts, paths and option values over REST: each ends in an answer; what is accepted stays in its place."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from apps.domains.hosts import normalise_host
from apps.exposures.options import CATALOGUE
from tests.integration.api.calls import Caller, wish

# A host as the API server takes it in `spec.rules[].host` (RFC 1123 subdomain).
KUBERNETES_HOST = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
LABEL_63 = "a" * 63
# 253 characters in all, the longest there is; and one more.
LONGEST = f"{LABEL_63}.{LABEL_63}.{LABEL_63}.{'b' * 49}.example.com"
ACCEPTED_HOSTS = (
    "shop.example.com", "SHOP.Example.COM", "shop.example.com.", "  shop.example.com  ", "bücher.example.com",
    "BÜCHER.example.com", "bu\u0308cher.example.com", "xn--bcher-kva.example.com", "XN--BCHER-KVA.example.com",
    "faß.example.com", "例え.example.com", "购物.example.com", "shop。example．com", "ｓｈｏｐ.example.com",
    "пример.example.com", "παράδειγμα.example.com", "ελλάς.example.com", "a.example.com", "1.example.com",
    "1a.example.com", "a-b.example.com", "a--b.example.com", "9-9.example.com", "x.y.z.example.com",
    f"{LABEL_63}.example.com", LONGEST, "שלום.example.com", "مثال.example.com", "example.com", "ﬁsh.example.com",
    "ⓢⓗⓞⓟ.example.com", "sho\u00adp.example.com", "K.example.com", "①.example.com",
    # Punycode of a real name; characters that UTS-46 leaves out.
    "xn--shop.example.com", "\u200bshop.example.com", "a\u3164b.example.com",
)  # fmt: skip
REFUSED_HOSTS = (
    "", " ", ".", "..", "com", "localhost", "shop", "-shop.example.com", "shop-.example.com", "sh_op.example.com",
    "_acme-challenge.example.com", "shop..example.com", ".shop.example.com", "shop.example.com..", "*.example.com",
    "*", "*.*.example.com", "sh*p.example.com", "shop.*.example.com", "10.0.0.1", "127.0.0.1", "0x7f.0.0.1", "1.2.3.4.",
    "[::1]", "::1", "2001:db8::1", "999.999.999.999", "shop.example.123", f"{'a' * 64}.example.com", f"a{LONGEST}",
    f"{LABEL_63}." * 5 + "com", "shop example.com", "shop\texample.com", "shop\nexample.com", "shop.example.com\n",
    "shop.example.com\r\nX: y", "shop\x00.example.com", "shop.example.com/", "shop.example.com/a",
    "http://shop.example.com",
    "shop.example.com:80", "user@shop.example.com", "shop.example.com?x", "shop.example.com#x", "shop%2eexample.com",
    "shop.example.com;", "shop.example.com{}", "shop.example.com'", 'shop.example.com"', "shop.example.com\\",
    "$host.example.com", "${host}.example.com", "~^shop$.example.com", "`id`.example.com", "$(id).example.com",
    "<script>.example.com", "xn--.example.com", "xn--a.example.com", "xn--0.example.com",
    "xn--zzzzzzzz99999999.example.com",
    "xn--a-.example.com", "xn--ls8h.example.com", "💩.example.com", "shop\u202eexample.com",
    "shop\u2028.example.com", "aא.example.com", "אa.example.com", "א1a.example.com",
    "\u0301shop.example.com", "sh\ufffdop.example.com", "ab--c.example.com\u0000",
    "\ud7ff.example.com",
    "https://shop.example.com:443/a?b#c", "//shop.example.com", "https://user:pw@shop.example.com", "[::ffff:10.0.0.1]",
    "fe80::1%eth0", "shop.0x1", "127.0.0.0xf", "1。2。3。4", "①②⑦.0.0.1", "shop.example.com,docs.example.com",
    "xn--bücher.example.com", "xn-.-.example.com", "a\u200db.example.com", "\uff0a.example.com", "a\u2024b.example.com",
    "shop\u2044a.example.com", "%2a.example.com", "{{shop}}.example.com", "shop.example.com:", "mailto:a@example.com",
    "½.example.com",
)  # fmt: skip
ACCEPTED_PATHS = (
    "/", "/a", "/a/", "/a/b/c", "/a.b", "/a-b_c~d", "/v1.2", "/.well-known/acme-challenge", "/a=b", "/a:b", "/a@b",
    "/a+b", "/%20", "/caf%C3%A9", "/...", "/a..b", "/.a", "/" + "a" * 999,
)  # fmt: skip
REFUSED_PATHS = (
    "a", "shop/", "//", "/a//b", "/a//", "/..", "/../a", "/a/../b", "/a/..", "/.", "/./a", "/a/.", "/a/./b",
    "/%2e%2e/a",
    "/%2E%2E/a", "/.%2e/a", "/a/%2e", "/%2f", "/a%2Fb", "/%5c", "/%00", "/a%0ab", "/a%0d", "/a%1f", "/%7f", "/%", "/%2",
    "/%zz", "/%g0", "/a b", "/a\tb", "/a\nb", "/a\r\nb", "/a\x00b", "/a\x7fb", "/a;b", "/a{b}", "/a}", "/a'b", '/a"b',
    "/a\\b", "/a#b", "/a?b", "/a$b", "/a$1", "/(.*)", "/[a-z]", "/a|b", "/^a", "/a*", "/a`b", "/a<b>", "/a,b", "/a!b",
    "/é", "/\u202e", "/\u2028", "/\uff0fa", "/; return 200 'x'", "/ { proxy_pass http://x; }", "/a # comment",
    "/" + "a" * 1000, "/a)(", "/a\u0085b",
    # Another spelling of a plain path; tricks of other grammars.
    "/%41", "/%61dmin", "/%7euser", "/a%2Db", "/a%2e%2eb", "/..;/a", "/a/..;/b", "/%u002e", "/PathPrefix(`/`)",
    "/%{HOST}", "/%[src]", "\ufeff/a", "/a\u200bb",
)  # fmt: skip
# What poisons a reload or leaves its line, in the annotations of the controllers (ingress-pitfalls, injection).
POISON = (
    "x;", "x; return 200",
    "x}", "} location / { return 200; }", "x{", "x\nlocation", "x\r\nX: y", "x'", 'x"', "x\\", "x#",
    "x`id`", "$host", "${x}", "$(id)", "~(", "(a+)+$", "%REQ(x", "%{x}", "{{x}}", "<%x%>", "x\x00", "x\u2028y", "a,b;c",
    "on; lua_need_request_body on", "1m; 2m", "1k\n", " 1k", "-1s", "1e9s", "http://169.254.169.254", "*.*", "null", "",
)  # fmt: skip
# What no rendered annotation may ever hold.
ESCAPE = re.compile(r"[;{}#\\`\x00\r\n\u2028]|\$\(")


def asked(caller: Caller, **fields: Any) -> Any:
    """A dry run; it answers 200 whatever the rules say, and 400 only to what has another shape."""
    answer = caller.post("exposures/?dry_run=true", wish() | fields)
    assert answer.status_code in {200, 400}, (answer.status_code, answer.body)
    return answer


def refused_fields(answer: Any) -> list[str]:
    assert not answer.body.get("manifest")
    assert answer.body.get("valid") in {None, False}
    return [error["field"] for error in answer.body["errors"]]


def manifest_of(answer: Any) -> Any:
    return yaml.safe_load(answer.body["manifest"])


@pytest.mark.parametrize("host", ACCEPTED_HOSTS)
def test_host_of_the_corpus_is_taken_in_one_form_that_the_api_server_takes(developer: Caller, host: str) -> None:
    answer = asked(developer, host=host)

    assert answer.status_code == 200, answer.body
    [rule] = manifest_of(answer)["spec"]["rules"]
    assert KUBERNETES_HOST.fullmatch(rule["host"])
    assert len(rule["host"]) <= 253
    assert max(map(len, rule["host"].split("."))) <= 63
    assert rule["host"] == normalise_host(host) == normalise_host(rule["host"])


@pytest.mark.parametrize("host", REFUSED_HOSTS)
def test_host_of_the_corpus_that_is_none_is_refused_by_its_field(developer: Caller, host: str) -> None:
    answer = asked(developer, host=host)

    assert refused_fields(answer) == ["host"]


@pytest.mark.parametrize("path_type", ["Prefix", "Exact", "ImplementationSpecific"])
@pytest.mark.parametrize("path", ACCEPTED_PATHS)
def test_path_of_the_corpus_is_taken_as_it_was_stated(developer: Caller, path: str, path_type: str) -> None:
    backend = {"path": path, "path_type": path_type, "service_name": "shop", "service_port": "http"}
    answer = asked(developer, paths=[backend])

    assert answer.status_code == 200, answer.body
    [entry] = manifest_of(answer)["spec"]["rules"][0]["http"]["paths"]
    assert (entry["path"], entry["pathType"]) == (path, path_type)


@pytest.mark.parametrize("path_type", ["Prefix", "Exact", "ImplementationSpecific"])
@pytest.mark.parametrize("path", REFUSED_PATHS)
def test_path_of_the_corpus_that_hurts_is_refused_by_its_field(developer: Caller, path: str, path_type: str) -> None:
    backend = {"path": path, "path_type": path_type, "service_name": "shop", "service_port": "http"}
    answer = asked(developer, paths=[backend])

    assert refused_fields(answer) == ["paths.0.path"]


@pytest.mark.parametrize("name", CATALOGUE)
def test_no_poison_in_an_option_is_taken_or_breaks_the_answer(developer: Caller, name: str) -> None:
    """Alone, in a list and as a value of a mapping: in whichever shape the option may want it."""
    for text in POISON:
        for value in (text, [text], {"X-Tenant": text}):
            answer = asked(developer, options={name: value})
            if answer.body.get("manifest"):
                written = manifest_of(answer)["metadata"].get("annotations", {})
                assert not [line for line in written.values() if ESCAPE.search(line)], (text, written)
                assert answer.body["errors"] or not written, (text, written)
            else:
                fields = refused_fields(answer)
                assert fields, (text, answer.body)
                assert all(field.startswith("options") for field in fields), (text, answer.body)
