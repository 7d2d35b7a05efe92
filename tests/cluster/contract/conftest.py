"""Each test of the contract runs twice, unchanged: against the sandbox and against a real kube-apiserver."""

from collections.abc import Iterator

import pytest

from sandbox.server import SandboxServer
from tests.cluster.contract.api import NETWORKING, Api, RealApi, SandboxApi

SUBJECTS = ["sandbox", pytest.param("kube-apiserver", marks=pytest.mark.cluster)]


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture(scope="session", params=SUBJECTS)
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    """The real parts are only asked for, and so only started, when they are the subject."""
    if request.param == "sandbox":
        subject: Api = SandboxApi(request.getfixturevalue("sandbox_server")["sandbox"])
    else:
        subject = RealApi(request.getfixturevalue("kube"))
    yield subject
    subject.close()


@pytest.fixture
def namespace(api: Api) -> Iterator[str]:
    name = api.create_namespace()
    yield name
    api.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def ingresses(namespace: str) -> str:
    return f"{NETWORKING}/namespaces/{namespace}/ingresses"


@pytest.fixture
def secrets(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/secrets"


@pytest.fixture
def services(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/services"


@pytest.hookimpl(trylast=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """The sandbox's half needs nothing but Python: it belongs to the fast tier, whatever the folder's tier is."""
    parameters = getattr(item, "callspec", None)
    if parameters is not None and parameters.params.get("api") == "sandbox":
        item.own_markers[:] = [mark for mark in item.own_markers if mark.name != "cluster"]
