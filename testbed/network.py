"""The network namespace that the cluster tier runs in.

EndpointSlices refuse loopback addresses, and test traffic must not touch any other network of the machine. So the tier
runs in a network namespace of its own, with nothing but a loopback interface that also carries the backends' addresses.
Root makes the namespace directly; others inside a user namespace, in which they keep their own user id, because
PostgreSQL refuses to run even as the root of a user namespace.
"""

from __future__ import annotations

import os
import socket
import subprocess

from testbed.machine import Missing, missing_network_tools

BACKEND_ADDRESSES = ("10.77.0.10", "10.77.0.11", "10.77.0.12")
LAUNCHER = "python -m testbed.run --"


def is_inside() -> bool:
    """Whether this process may listen on the backends' addresses."""
    with socket.socket() as probe:
        try:
            probe.bind((BACKEND_ADDRESSES[0], 0))
        except OSError:
            return False
    return True


def missing() -> list[Missing]:
    """Why no namespace can be made here; empty inside one."""
    if is_inside():
        return []
    lacking = missing_network_tools()
    if lacking or subprocess.run([*enter_command(), "true"], capture_output=True, check=False).returncode == 0:
        return lacking
    return [Missing("The right to make a network namespace", "run as root or allow unprivileged user namespaces")]


def enter_command() -> list[str]:
    """Command prefix that runs a program in a fresh network namespace."""
    if os.geteuid() == 0:
        return ["unshare", "--net", "--"]
    return ["unshare", "--user", "--map-current-user", "--keep-caps", "--net", "--"]


def drop_rights_command() -> list[str]:
    """Command prefix that gives up what only `bring_up` needed; root outside a user namespace stays root."""
    if os.geteuid() == 0:
        return []
    return ["setpriv", "--ambient-caps=-all", "--inh-caps=-all", "--"]


def bring_up() -> None:
    """Give the fresh namespace its loopback interface and the backends' addresses."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in BACKEND_ADDRESSES:
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
