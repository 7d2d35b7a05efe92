"""A name server of the tests: what it answers, over UDP and TCP on one free port, is a function of the test."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset
from dns.rcode import Rcode

from apps.domains.dns.servers import Server

LOOPBACK = "127.0.0.1"
# What to send back for a question, asked over TCP or not; None keeps silent.
Answer = Callable[[dns.message.Message, bool], dns.message.Message | bytes | None]


class Responder:
    """Serves until `stop`; `asked` lists (name, type, over TCP) in order."""

    def __init__(self, answer: Answer, *, speaks_tcp: bool = True) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, bool]] = []
        self._datagrams, listening = _free_pair()
        self.server = Server(LOOPBACK, self._datagrams.getsockname()[1])
        self._streams = listening if speaks_tcp else None
        if not speaks_tcp:
            listening.close()
        self._threads = [Thread(target=self._serve_datagrams), Thread(target=self._serve_streams)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """A datagram to itself and a connection to itself end the loops."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", (LOOPBACK, self.server.port))
        if self._streams is not None:
            socket.create_connection((LOOPBACK, self.server.port)).close()
        for thread in self._threads:
            thread.join()
        self._datagrams.close()
        if self._streams is not None:
            self._streams.close()

    def _serve_datagrams(self) -> None:
        while True:
            wire, sender = self._datagrams.recvfrom(4096)
            if not wire:
                return
            reply = self._reply_to(wire, over_tcp=False)
            if reply is not None:
                self._datagrams.sendto(reply, sender)

    def _serve_streams(self) -> None:
        while self._streams is not None:
            connection, _peer = self._streams.accept()
            with connection, suppress(ConnectionError):
                prefix = connection.recv(2)
                if not prefix:
                    return
                reply = self._reply_to(connection.recv(struct.unpack("!H", prefix)[0]), over_tcp=True)
                if reply is not None:
                    connection.sendall(struct.pack("!H", len(reply)) + reply)

    def _reply_to(self, wire: bytes, *, over_tcp: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((question.name.to_text(omit_final_dot=True), kind, over_tcp))
        answer = self.answer(query, over_tcp)
        return answer.to_wire() if isinstance(answer, dns.message.Message) else answer


def _free_pair() -> tuple[socket.socket, socket.socket]:
    """A UDP and a TCP socket on one port: a port that is free for one may be taken for the other."""
    while True:
        listening = socket.create_server((LOOPBACK, 0))
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            datagrams.bind(listening.getsockname())
        except OSError:
            listening.close()
            datagrams.close()
        else:
            return datagrams, listening


def reply(query: dns.message.Message, *lines: str, rcode: Rcode = Rcode.NOERROR, flags: int = 0) -> dns.message.Message:
    """An answer with the records of `lines`, each `name ttl type value`; `authority:` puts one into that section."""
    answer = dns.message.make_response(query, recursion_available=True)
    answer.set_rcode(rcode)
    answer.flags |= flags
    for line in lines:
        section = answer.authority if line.startswith("authority:") else answer.answer
        name, ttl, kind, value = line.removeprefix("authority:").split(maxsplit=3)
        section.append(dns.rrset.from_text(f"{name}.", int(ttl), "IN", kind, value))
    return answer


def zone(*lines: str) -> Answer:
    """A server that knows these records and nothing else; it leaves following CNAMEs to who asks."""
    records = [(line.split()[0], line.split()[2], line) for line in lines]

    def answer(query: dns.message.Message, over_tcp: bool) -> dns.message.Message:
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(query.question[0].rdtype)
        names = {known for known, _kind, _line in records}
        found = [line for known, each, line in records if known == name and each in (kind, "CNAME")]
        return reply(query, *found, rcode=Rcode.NOERROR if name in names else Rcode.NXDOMAIN, flags=dns.flags.AA)

    return answer
