"""Options in the exposure form: offered by what the class's controller supports, kept, refused and sent."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.clusters.models import Cluster
from apps.exposures.models import Exposure
from apps.inventory.models import IngressClass
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "/exposures/new/"
COMPLETE = {
    "action": "send",
    "token": "form_options",
    "cluster": "dev-1",
    "namespace": "web",
    "service": "shop",
    "port": "http",
    "host_kind": "wildcard",
    "prefix": "shop",
    "scheme": "http",
    "path_0": "/",
    "ingress_class": "nginx",
}


@pytest.fixture(autouse=True)
def second_class(cluster: Cluster, developer: User) -> IngressClass:
    """Of another controller, which supports other options."""
    return factories.make_ingress_class(cluster, "nginx", controller="k8s.io/ingress-nginx", is_default=False)


def offered(response) -> list[str]:
    return [field.name.removeprefix("option_") for field in response.context["form"].options]


def test_options_are_offered_by_the_controller_of_the_class(client):
    assert offered(client.get(NEW)) == ["websocket"]
    of_nginx = offered(client.get(NEW, {"ingress_class": "nginx"}))
    assert {"read_timeout", "allow_networks", "cors_allow_origins"} <= set(of_nginx)
    assert not {"hsts_max_age", "rewrite_prefix", "request_headers"} & set(of_nginx)
    assert offered(client.get(NEW, {"option_rate_limit": "5"})) == ["websocket", "rate_limit"]


def test_class_of_an_unknown_controller_offers_none_and_says_so(client):
    factories.make_ingress_class(Cluster.objects.get(), "other", controller="example.com/x", is_default=False)
    response = client.get(NEW, {"ingress_class": "other"})
    assert offered(response) == []
    assert "has no options that can be set here" in response.text


def test_options_are_sent_and_shown_again_by_edit_and_copy(client):
    stated = {"option_read_timeout": "5m", "option_allow_networks": "10.1.2.3, 10.2.0.0/16", "option_websocket": ""}
    assert client.post(NEW, COMPLETE | stated).status_code == 302
    exposure = Exposure.objects.get()
    spec = exposure.revisions.get().spec
    assert spec["options"] == {"read_timeout": "5m", "allow_networks": ["10.1.2.3/32", "10.2.0.0/16"]}
    form = client.get(f"/exposures/{exposure.pk}/edit/").context["form"]
    assert form["option_allow_networks"].value() == "10.1.2.3/32, 10.2.0.0/16"
    copy = client.get(f"/exposures/{exposure.pk}/copy/", follow=True)
    assert copy.context["form"]["option_read_timeout"].value() == "5m"


def test_refused_option_keeps_its_text_and_stands_beside_its_field(client):
    response = client.post(NEW, COMPLETE | {"option_read_timeout": "5m; }"})
    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == {"option_read_timeout"}
    assert form["option_read_timeout"].value() == "5m; }"
    assert form.has_options
    assert Exposure.objects.count() == 0


def test_option_that_the_class_does_not_support_is_refused_not_dropped(client):
    response = client.post(NEW, COMPLETE | {"ingress_class": "", "option_read_timeout": "5m"})
    [message] = response.context["form"].errors["option_read_timeout"]
    assert message.startswith("Ingress class traefik of cluster dev-1 cannot do this: ")
    assert Exposure.objects.count() == 0


def test_page_says_that_risky_options_need_an_approval(client):
    stated = {"option_cors_allow_origins": "https://a.example.com", "option_cors_allow_credentials": "true"}
    response = client.get(NEW, {"ingress_class": "nginx", "prefix": "shop"} | stated)
    assert "options that widen access or set headers" in response.context["outcome"].approval
