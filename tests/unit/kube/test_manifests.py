"""Rendered objects, compared whole; and that the same exposure always gives the same bytes."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from apps.kube.manifests import (
    BackendPath,
    canonical_json,
    object_name,
    render_ingress,
    stamp,
    to_yaml,
)

SPEC: dict[str, Any] = {
    "name": "shop-example-com-1",
    "namespace": "web",
    "exposure_id": "exp_1",
    "host": "shop.example.com",
    "paths": [BackendPath("/", "Prefix", "shop", "http")],
    "tls_secret_name": None,
    "ingress_class_name": "traefik",
}
HTTP: dict[str, Any] = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "Ingress",
    "metadata": {
        "name": "shop-example-com-1",
        "namespace": "web",
        "labels": {"app.kubernetes.io/managed-by": "portico", "portico.dev/exposure": "exp_1"},
    },
    "spec": {
        "ingressClassName": "traefik",
        "rules": [
            {
                "host": "shop.example.com",
                "http": {
                    "paths": [
                        {
                            "path": "/",
                            "pathType": "Prefix",
                            "backend": {"service": {"name": "shop", "port": {"name": "http"}}},
                        }
                    ]
                },
            }
        ],
    },
}


def test_http_exposure_is_one_rule():
    assert render_ingress(**SPEC) == HTTP


def test_https_exposure_names_exactly_its_host_under_tls():
    rendered = render_ingress(**SPEC | {"tls_secret_name": "shop-tls"})

    assert rendered == HTTP | {
        "spec": HTTP["spec"] | {"tls": [{"hosts": ["shop.example.com"], "secretName": "shop-tls"}]}
    }


def test_class_port_number_paths_and_annotations_are_rendered():
    rendered = render_ingress(
        **SPEC
        | {
            "ingress_class_name": None,
            "paths": [BackendPath("/b", "Exact", "b", 8080), BackendPath("/a", "Prefix", "a", "http")],
            "annotations": {"example.com/x": "1"},
        }
    )

    assert rendered["metadata"]["annotations"] == {"example.com/x": "1"}
    assert rendered["spec"] == {
        "rules": [
            {
                "host": "shop.example.com",
                "http": {
                    "paths": [
                        {
                            "path": "/b",
                            "pathType": "Exact",
                            "backend": {"service": {"name": "b", "port": {"number": 8080}}},
                        },
                        {
                            "path": "/a",
                            "pathType": "Prefix",
                            "backend": {"service": {"name": "a", "port": {"name": "http"}}},
                        },
                    ]
                },
            }
        ]
    }


@pytest.mark.parametrize("change", [{"host": ""}, {"paths": []}])
def test_exposure_without_host_or_path_is_a_programming_error(change):
    with pytest.raises(ValueError, match="one host"):
        render_ingress(**SPEC | change)


def test_stamp_adds_annotations_to_a_copy():
    before = copy.deepcopy(HTTP)

    stamped = stamp(HTTP, content_hash="sha256:1", revision="rev_1")

    annotations = {"portico.dev/revision": "rev_1", "portico.dev/content-hash": "sha256:1"}
    assert stamped == HTTP | {"metadata": HTTP["metadata"] | {"annotations": annotations}}
    assert before == HTTP


def test_canonical_json_is_sorted_compact_utf8():
    assert canonical_json({"b": [1, None, True], "a": {"ü": "x"}}) == '{"a":{"ü":"x"},"b":[1,null,true]}'.encode()


def test_yaml_reads_back_and_keeps_the_order():
    text = to_yaml(stamp(HTTP, content_hash="sha256:1", revision="rev_1"))

    assert yaml.safe_load(text) == stamp(HTTP, content_hash="sha256:1", revision="rev_1")
    assert re.findall(r"^(\w+):", text, re.MULTILINE) == ["apiVersion", "kind", "metadata", "spec"]


def test_yaml_has_no_aliases():
    shared = {"a": "1"}

    assert to_yaml({"x": shared, "y": shared}) == "x:\n  a: '1'\ny:\n  a: '1'\n"


PATHS = st.builds(
    BackendPath,
    st.text(max_size=10).map(lambda text: "/" + text),
    st.sampled_from(["Prefix", "Exact"]),
    st.text(min_size=1, max_size=10),
    st.text(min_size=1, max_size=10) | st.integers(1, 65535),
)


@given(host=st.text(min_size=1), paths=st.lists(PATHS, min_size=1, max_size=3), secret=st.none() | st.text(min_size=1))
def test_rendering_is_deterministic_and_survives_json(host, paths, secret):
    fields = SPEC | {"host": host, "paths": paths, "tls_secret_name": secret}

    try:
        first = canonical_json(render_ingress(**fields))
    except UnicodeEncodeError:  # a lone surrogate, which no policy lets pass
        return
    again = canonical_json(render_ingress(**dict(reversed(fields.items()))))

    assert first == again == canonical_json(json.loads(first))


@given(host=st.text(max_size=300), exposure=st.text(max_size=40))
def test_object_name_is_a_dns_label_and_stable(host, exposure):
    host, exposure = (text.encode(errors="replace").decode() for text in (host, exposure))
    name = object_name(host, exposure)

    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name)
    assert name == object_name(host, exposure)


@pytest.mark.parametrize(
    ("host", "readable"),
    [
        ("shop.example.com", "shop-example-com-"),
        ("*.example.com", "wildcard-example-com-"),
        ("a" * 63 + ".example.com", "a" * 54 + "-"),
    ],
)
def test_object_name_shows_the_host(host, readable):
    assert object_name(host, "exp_1")[:-8] == readable


def test_object_names_of_two_exposures_differ():
    names = {object_name(host, exposure) for host in ("a.b", "a-b", "A.b") for exposure in ("exp_1", "exp_2")}

    assert len(names) == 6
