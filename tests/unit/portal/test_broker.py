"""The embedded broker."""

from pathlib import Path
from threading import Event, Thread

from kombu import Connection
from kombu.transport.virtual import Channel
from kombu.transport.virtual.base import Empty

import portal.celery  # noqa: F401 - registers the scheme

MESSAGES = 300


def channel(folder: Path) -> Channel:
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(folder / "control")}
    connection = Connection("files://localhost", transport_options=options)
    opened: Channel = connection.channel()
    return opened


def test_message_arrives_as_it_was_sent(tmp_path):
    channel(tmp_path)._put("portico", {"task": "deliver", "id": "dlv_1"})

    assert channel(tmp_path)._get("portico") == {"task": "deliver", "id": "dlv_1"}


def test_message_of_another_queue_is_left_alone(tmp_path):
    channel(tmp_path)._put("other", {"id": 1})

    assert (channel(tmp_path)._size("portico"), channel(tmp_path)._size("other")) == (0, 1)


def test_no_message_is_read_before_it_is_whole(tmp_path):
    sent, taken = Event(), []

    def send() -> None:
        sender = channel(tmp_path)
        for number in range(MESSAGES):
            sender._put("portico", {"number": number})
        sent.set()

    thread = Thread(target=send)
    thread.start()
    reader = channel(tmp_path)
    while not sent.is_set() or reader._size("portico"):
        try:
            taken.append(reader._get("portico")["number"])
        except Empty:
            continue
    thread.join()

    assert sorted(taken) == list(range(MESSAGES))
