"""Reach a port inside the network namespace from the machine outside.

A socket stays in the network namespace it was made in. So listeners are made outside, handed down to the process
inside, and what they accept is copied to and from the port there.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

CHUNK = 65536


def listen() -> socket.socket:
    """A loopback listener that the programs we become may inherit."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.set_inheritable(True)
    return listener


def inherited(descriptor: int) -> socket.socket:
    return socket.socket(fileno=descriptor)


async def serve(listener: socket.socket, port: int) -> asyncio.Server:
    """Copy every connection of the listener to 127.0.0.1:port of the namespace we are in."""

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))
        inner_writer.close()
        writer.close()

    return await asyncio.start_server(connect, sock=listener)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One direction; its end is passed on, the other direction may go on."""
    with suppress(ConnectionError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    with suppress(OSError):
        writer.write_eof()
