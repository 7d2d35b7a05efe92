import asyncio
import socket

from testbed import relay
from testbed.process import free_port


async def ask_through_relay(port: int, question: bytes) -> bytes:
    listener = relay.listen()
    async with await relay.serve(listener, port):
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(question)
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(await reader.readline())
    await writer.drain()
    writer.close()


def test_relay_copies_both_ways():
    async def scenario() -> bytes:
        async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
            return await ask_through_relay(server.sockets[0].getsockname()[1], b"hello\n")

    assert asyncio.run(scenario()) == b"hello\n"


def test_relay_closes_when_nobody_listens_inside():
    assert asyncio.run(ask_through_relay(free_port(), b"hello\n")) == b""


def test_listener_is_inherited_by_programs():
    with relay.listen() as listener:
        assert listener.get_inheritable()
        with relay.inherited(socket.dup(listener.fileno())) as same:
            assert same.getsockname() == listener.getsockname()
