"""Typed options over REST: what is offered, how it gets into the manifest, what is refused, and who has to look."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from apps.exposures.models import Exposure
from apps.exposures.options import CATALOGUE
from tests.factories import make_ingress_class
from tests.integration.api.calls import Caller, codes, wish
from tests.integration.scenes import Scene

NGINX = "nginx.ingress.kubernetes.io/"


@pytest.fixture
def nginx(scene: Scene) -> dict[str, Any]:
    """A wish for a class of ingress-nginx, which the cluster has beside its default."""
    make_ingress_class(scene.cluster, "nginx", controller="k8s.io/ingress-nginx", is_default=False)
    return wish(ingress_class_name="nginx")


def test_options_are_listed_with_the_controllers_that_support_each(developer: Caller) -> None:
    answer = developer.get("options/")
    assert [option["name"] for option in answer.body["results"]] == list(CATALOGUE)
    assert answer.body["results"][0] == {
        "name": "redirect_to_https",
        "type": "boolean",
        "grammar": "true or false",
        "default": None,
        "risk": "low",
        "controllers": [
            "k8s.io/ingress-nginx",
            "haproxy-ingress.github.io/controller",
            "haproxy.org/ingress-controller",
            "portico.dev/sandbox-router",
        ],
        "description": "Answer requests over HTTP with a redirect to HTTPS.",
    }


def test_options_stand_in_the_manifest_of_a_dry_run(developer: Caller, nginx: dict[str, Any]) -> None:
    options = {"read_timeout": "5m", "allow_networks": ["10.1.2.3"]}
    answer = developer.post("exposures/?dry_run=true", nginx | {"options": options})
    assert (answer.body["valid"], answer.body["approval"]["because"]) == (True, [])
    assert yaml.safe_load(answer.body["manifest"])["metadata"]["annotations"] == {
        f"{NGINX}proxy-read-timeout": "300",
        f"{NGINX}whitelist-source-range": "10.1.2.3/32",
    }


def test_option_of_high_risk_waits_for_a_person_even_on_the_wildcard(developer: Caller, nginx: dict[str, Any]) -> None:
    options = {"cors_allow_origins": ["https://a.example.com"], "cors_allow_credentials": True}
    request = developer.post("exposures/", nginx | {"options": options}).body["change_request"]
    assert (request["state"], request["risk"]["facts"]["options"]) == ("pending", ["cors_allow_credentials"])
    revision = Exposure.objects.get().revisions.get()
    assert revision.spec["options"] == options
    assert f'"{NGINX}cors-allow-credentials":"true"' in revision.rendered


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"read_timeout": "5m"}, ("option_not_allowed", "options.read_timeout")),
        ({"rewrite_prefix": "/api"}, ("option_not_allowed", "options.rewrite_prefix")),
        ({"read_timeout": "5m; }"}, ("option_invalid", "options.read_timeout")),
        ({"redirect_to_https": True}, ("option_invalid", "options.redirect_to_https")),
        ({"nginx.ingress.kubernetes.io/configuration-snippet": "x"}, ("option_not_allowed", None)),
    ],
)
def test_option_that_cannot_be_is_refused_by_its_name(
    developer: Caller, options: dict[str, Any], expected: tuple[str, str | None]
) -> None:
    answer = developer.post("exposures/", wish(options=options))
    assert answer.status_code == 422
    assert codes(answer) == [(expected[0], expected[1] or f"options.{next(iter(options))}")]
    assert Exposure.objects.count() == 0
