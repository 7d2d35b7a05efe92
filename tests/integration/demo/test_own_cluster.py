"""`make demo KUBECONFIG=…`: a cluster of the person who tries the demo."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from apps.clusters.models import Cluster
from demo.seeds.own_cluster import cluster_name, register
from sandbox.server import SandboxServer
from tests.factories.people import make_platform_admin

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(None, ["kind-mine"]) as server:
        yield server


@pytest.fixture(autouse=True)
def platform():
    return make_platform_admin("platform")


def test_current_context_is_registered_and_checked(sandbox, tmp_path, capsys):
    (tmp_path / "config").write_text(sandbox.kubeconfig())

    register(tmp_path / "config")

    cluster = Cluster.objects.get(name="kind-mine")
    assert (cluster.environment, cluster.is_reachable, cluster.endpoint) == ("dev", True, sandbox["kind-mine"].url)
    assert capsys.readouterr().out.startswith("demo: Your cluster kind-mine is registered;")


def test_second_start_leaves_it_as_it_is(sandbox, tmp_path, capsys):
    (tmp_path / "config").write_text(sandbox.kubeconfig())
    register(tmp_path / "config")
    capsys.readouterr()

    register(tmp_path / "config")

    assert Cluster.objects.count() == 1
    assert capsys.readouterr().out == "demo: Your cluster kind-mine is registered already.\n"


def test_refusal_names_every_reason(sandbox, tmp_path, capsys):
    document = yaml.safe_load(sandbox.kubeconfig())
    document["clusters"][0]["cluster"]["insecure-skip-tls-verify"] = True
    document["users"][0]["user"] = {"exec": {"command": "aws"}}
    (tmp_path / "config").write_text(yaml.safe_dump(document))

    register(tmp_path / "config")

    said = capsys.readouterr().out
    assert not Cluster.objects.exists()
    assert "was refused" in said
    assert "clusters.0.cluster.insecure-skip-tls-verify" in said
    assert "users.0.user.exec" in said


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"- a list", b""])
def test_unreadable_file_is_told(tmp_path, capsys, content):
    if content is not None:
        (tmp_path / "config").write_bytes(content)

    register(tmp_path / "config")

    assert not Cluster.objects.exists()
    assert capsys.readouterr().out.startswith(f"demo: {tmp_path / 'config'} ")


@pytest.mark.parametrize(
    ("context", "name"),
    [
        ("kind-kind", "kind-kind"),
        ("admin@Home", "admin-home"),
        ("arn:aws:eks:eu-west-1:123:cluster/shop", "arn-aws-eks-eu-west-1-123-cluster-shop"),
        ("_", "own-cluster"),
        ("x" * 80, "x" * 63),
    ],
)
def test_context_becomes_a_cluster_name(context, name):
    assert cluster_name(context) == name
