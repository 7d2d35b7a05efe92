"""The catalogue of translations: what is committed is complete, and the tool that keeps it so tells what is not."""

from __future__ import annotations

import gettext
import re

import pytest

from tools import messages
from tools.messages import Message

HEADER = Message(translations=("Language: zh_Hans\n",))


def committed() -> list[Message]:
    return messages.parse(messages.CATALOGUE.read_text(encoding="utf-8"))


def test_committed_catalogue_is_written_as_the_tool_writes_it():
    text = messages.CATALOGUE.read_text(encoding="utf-8")

    assert messages.render(messages.parse(text)) == text


def test_committed_translations_are_complete():
    named = [(message.msgid, problem) for message in committed()[1:] for problem in messages.message_problems(message)]

    assert named == []


def test_committed_binary_says_what_the_catalogue_says():
    with messages.CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    for message in committed()[1:]:
        said = compiled.pgettext(message.context, message.msgid) if message.context else compiled.gettext(message.msgid)
        assert said == message.translations[0]


def test_chinese_ends_a_sentence_where_english_does():
    odd = [
        message.msgid
        for message in committed()[1:]
        if re.search(r"[a-z)]\.$", message.msgid) and not message.translations[0].endswith(("。", "：", "."))
    ]

    assert odd == []


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (Message(msgid="Save", translations=("保存",)), []),
        (Message(msgid="Save"), ["not translated"]),
        (Message(comments=("#, fuzzy",), msgid="Save", translations=("保存",)), ["fuzzy"]),
        (Message(msgid="User %(name)s", translations=("用户 %(name)s",)), []),
        (Message(msgid="User %(name)s", translations=("用户",)), ["placeholders or tags differ"]),
        (Message(msgid="User %(name)s", translations=("用户 %(user)s",)), ["placeholders or tags differ"]),
        (Message(msgid="User {name}", translations=("用户 {}",)), ["placeholders or tags differ"]),
        (Message(msgid="Wait %d s", translations=("请等待 %s 秒",)), ["placeholders or tags differ"]),
        (Message(msgid="One <b>group</b>", translations=("一个<b>组",)), ["placeholders or tags differ"]),
        (Message(msgid="%(n)s day", plural="%(n)s days", translations=("%(n)s 天",)), []),
        (Message(msgid="One day", plural="%(n)s days", translations=("%(n)s 天",)), []),
        (Message(msgid="One day", plural="%(n)s days", translations=("几天",)), ["placeholders or tags differ"]),
    ],
)
def test_message_problems(message, expected):
    assert list(messages.message_problems(message)) == expected


def test_problems_name_what_is_new_and_what_is_gone():
    found = [Message(msgid="Open"), Message(context="link", msgid="Open")]
    known = [HEADER, Message(msgid="Open", translations=("进行中",)), Message(msgid="Shut", translations=("关闭",))]

    assert list(messages.problems(found, known)) == [
        "new, not in the catalogue: 'Open'",
        "not in the code any more: 'Shut'",
    ]


def test_merge_follows_the_sources_and_keeps_what_is_translated():
    found = [Message(msgid="New"), Message(msgid="Old"), Message(msgid="day", plural="days")]
    known = [
        HEADER,
        Message(msgid="Gone", translations=("不见",)),
        Message(msgid="Old", translations=("旧",)),
        Message(msgid="day", translations=("天",)),
    ]

    assert messages.merge(found, known) == [
        HEADER,
        Message(msgid="New"),
        Message(msgid="Old", translations=("旧",)),
        # It has become a plural: what was said for one does not speak for many.
        Message(msgid="day", plural="days"),
    ]


def test_parse_reads_what_render_writes():
    written = [
        HEADER,
        Message(("#, python-format",), "", 'Say "%(word)s"\\', "", ('说“%(word)s”\t"\\',)),
        Message((), "link", "Open", "", ("打开",)),
        Message((), "", "day", "days", ("天",)),
        Message((), "", "two\nlines\n", "", ("两\n行\n",)),
    ]

    assert messages.parse(messages.render(written)) == written


def test_the_short_mark_is_extracted_like_the_long_one(tmp_path):
    source = tmp_path / "source.py"
    source.write_text('from x import gettext_noop as _n\nTEXT = _n("Saved.")\n')

    messages.copy_marked(str(source), str(tmp_path / "copy.py"))

    assert (tmp_path / "copy.py").read_text().splitlines()[1] == 'TEXT = gettext_noop("Saved.")'


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_missing_gettext_is_one_clear_line(arguments, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert messages.main(arguments) == 1
    assert capsys.readouterr().err == ("gettext is missing, so messages cannot be compared: apt-get install gettext\n")
