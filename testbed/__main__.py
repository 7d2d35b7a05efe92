"""The test bed by hand: `python -m testbed` starts every part, says how to reach it, and stops all on Ctrl-C.

The parts run in a network namespace of their own; relays make them reachable on the loopback addresses of the machine.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from testbed import binaries, network, objects, relay
from testbed.bed import Testbed, testbed
from testbed.machine import Missing, PartMissing, missing_postgres, missing_redis
from testbed.run import replace_process

NAMESPACE = "shop"
SERVICE_ACCOUNT = "portico"
RELAYED = ("kube", "web", "websecure", "postgres", "redis")


def main(words: Sequence[str]) -> None:
    """Without words we are outside: prepare and enter the namespace. The words are the listeners' descriptors."""
    if words:
        _serve([relay.inherited(int(word)) for word in words])
        return
    if lacking := _missing():
        sys.exit("\n".join(map(str, lacking)))
    listeners = [relay.listen() for _ in RELAYED]
    descriptors = [str(listener.fileno()) for listener in listeners]
    replace_process([*network.enter_command(), sys.executable, "-m", "testbed", *descriptors])


def _missing() -> list[Missing]:
    try:
        binaries.build_missing()
    except PartMissing as problem:
        print(problem, file=sys.stderr)
    return binaries.missing() + missing_postgres() + missing_redis() + network.missing()


def _serve(listeners: list[socket.socket]) -> None:
    network.bring_up()
    with testbed() as bed:
        outside = {name: listener.getsockname()[1] for name, listener in zip(RELAYED, listeners, strict=True)}
        _print_welcome(bed, outside)
        asyncio.run(_relay_until_stopped(bed, listeners))


async def _relay_until_stopped(bed: Testbed, listeners: list[socket.socket]) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    for listener, port in zip(listeners, _ports(bed), strict=True):
        await relay.serve(listener, port)
    await stopped.wait()


def _ports(bed: Testbed) -> list[int]:
    """Ports inside the namespace, in the order of RELAYED."""
    kube_port = int(bed.kube.url.rpartition(":")[2])
    return [kube_port, bed.traefik.web_port, bed.traefik.websecure_port, bed.postgres.port, bed.redis.port]


def _print_welcome(bed: Testbed, outside: dict[str, int]) -> None:
    url = f"https://127.0.0.1:{outside['kube']}"
    _put_services(bed)
    admin = _write(bed.folder / "admin.kubeconfig", bed.kube.kubeconfig(url=url))
    token = bed.kube.service_account_token(NAMESPACE, SERVICE_ACCOUNT, seconds=24 * 3600)
    portal = _write(bed.folder / "portal.kubeconfig", bed.kube.kubeconfig(token, url=url))
    database = bed.postgres.create_database().replace(f":{bed.postgres.port}/", f":{outside['postgres']}/")
    print(f"""\
Kubernetes API   {url}
  administrator  kubectl --kubeconfig {admin} get services --namespace {NAMESPACE}
  the portal     make demo KUBECONFIG={portal}
Traefik          http://127.0.0.1:{outside["web"]}  https://127.0.0.1:{outside["websecure"]}
                 curl --resolve NAME:{outside["web"]}:127.0.0.1 http://NAME:{outside["web"]}/
DATABASE_URL     {database}
REDIS_URL        redis://127.0.0.1:{outside["redis"]}/0
Logs             {bed.folder}
Ctrl-C stops and removes everything.""")
    sys.stdout.flush()


def _put_services(bed: Testbed) -> None:
    """A namespace with one Service for each backend, so that there is something to expose."""
    bed.kube.client.apply(objects.namespace(NAMESPACE))
    for backend in bed.backends.by_name.values():
        for manifest in objects.routed_service(NAMESPACE, backend.name, address=backend.address, port=backend.port):
            bed.kube.client.apply(manifest)


def _write(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text)
    return path


if __name__ == "__main__":
    main(sys.argv[1:])
