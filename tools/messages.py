"""Keep locale/ in step with the code: extract what pages and answers say, and prove that all of it is translated.

`python tools/messages.py` rewrites the .po in the order of the sources, keeps every translation that still has its
msgid, drops the others, and compiles the .mo. Both are committed, because a machine that only runs Portico has no
gettext. With `--check` nothing is written: each msgid that is new, gone, untranslated or fuzzy, each translation
that lost a placeholder or a tag, and a stale .mo is named, and the exit status is 1.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
# Nothing else has texts for users; tests, demo and sandbox speak English to developers.
SOURCES = ("apps", "portal", "templates")
# With a hyphen makemessages prints “invalid locale”, writes nothing, and still succeeds.
LOCALE = "zh_Hans"
CATALOGUE = ROOT / "locale" / LOCALE / "LC_MESSAGES" / "django.po"

# What is stored and said later is marked with gettext_noop under this name, which makemessages does not know.
SHORT_MARK = re.compile(r"\b_n\(")
STATEMENT = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr)(?:\[\d+\])? "(.*)"')
ESCAPE = re.compile(r'\\([nt"\\])')
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
# What a translation must carry over unchanged: %(name)s, %d, %%, {name}, and markup.
MARK = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|</?[a-z][^>]*>")


class Key(NamedTuple):
    """What makes a message: the same English in another context is another message."""

    context: str
    msgid: str


@dataclass(frozen=True)
class Message:
    comments: tuple[str, ...] = ()
    context: str = ""
    msgid: str = ""
    plural: str = ""
    translations: tuple[str, ...] = field(default=("",))

    @property
    def key(self) -> Key:
        return Key(self.context, self.msgid)

    @property
    def is_fuzzy(self) -> bool:
        return any(line.startswith("#,") and "fuzzy" in line for line in self.comments)


def unescaped(text: str) -> str:
    return ESCAPE.sub(lambda match: ESCAPES[match.group(1)], text)


def escaped(text: str) -> str:
    for letter, character in (("\\", "\\"), ("n", "\n"), ("t", "\t"), ('"', '"')):
        text = text.replace(character, f"\\{letter}")
    return text


def parse(text: str) -> list[Message]:
    """The messages of a .po or .pot, the header first (its msgid is empty)."""
    return [parse_message(block) for block in text.strip().split("\n\n")]


def parse_message(block: str) -> Message:
    joined = block.replace('"\n"', "")  # one statement a line, however long
    lines = joined.splitlines()
    statements = [(match.group(1), unescaped(match.group(2))) for match in map(STATEMENT.fullmatch, lines) if match]
    known = dict(statements)
    return Message(
        comments=tuple(line for line in lines if line.startswith("#")),
        context=known.get("msgctxt", ""),
        msgid=known["msgid"],
        plural=known.get("msgid_plural", ""),
        translations=tuple(value for name, value in statements if name == "msgstr"),
    )


def render(messages: Iterable[Message]) -> str:
    return "\n\n".join("\n".join(render_message(message)) for message in messages) + "\n"


def render_message(message: Message) -> Iterator[str]:
    yield from message.comments
    if message.context:
        yield f'msgctxt "{escaped(message.context)}"'
    yield f'msgid "{escaped(message.msgid)}"'
    if message.plural:
        yield f'msgid_plural "{escaped(message.plural)}"'
    for index, translation in enumerate(message.translations):
        place = f"[{index}]" if message.plural else ""
        yield f"msgstr{place} {render_text(translation)}"


def render_text(text: str) -> str:
    """One line, or one line of the file for each line of the text, so that a diff shows what changed."""
    lines = text.splitlines(keepends=True)
    if len(lines) < 2:
        return f'"{escaped(text)}"'
    return "\n".join(['""', *(f'"{escaped(line)}"' for line in lines)])


def extract() -> list[Message]:
    """What the sources say now, untranslated. On a copy: makemessages leaves files beside the templates it reads."""
    ignored = shutil.ignore_patterns("__pycache__", "migrations")
    with tempfile.TemporaryDirectory() as folder:
        for name in SOURCES:
            shutil.copytree(ROOT / name, Path(folder, name), ignore=ignored, copy_function=copy_marked)
        Path(folder, "locale").mkdir()
        command = [sys.executable, "-m", "django", "makemessages", "--locale", LOCALE, "--keep-pot"]
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        subprocess.run(
            [*command, "--no-location", "--no-wrap"], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL
        )
        return parse(Path(folder, "locale", "django.pot").read_text(encoding="utf-8"))[1:]


def copy_marked(source: str, target: str) -> None:
    content = Path(source).read_bytes()
    if source.endswith(".py"):
        content = SHORT_MARK.sub("gettext_noop(", content.decode()).encode()
    Path(target).write_bytes(content)


def merge(found: Iterable[Message], known: list[Message]) -> list[Message]:
    """What was found, with the translations that are known; the header with its glossary stays as it is."""
    header, *rest = known
    by_key = {message.key: message for message in rest}
    return [header, *(translated(message, by_key.get(message.key)) for message in found)]


def translated(found: Message, known: Message | None) -> Message:
    # Chinese has one form for every number.
    translation = known.translations if known and bool(known.plural) == bool(found.plural) else ("",)
    return replace(found, translations=translation)


def compiled(catalogue: Path) -> bytes:
    """The same bytes on every machine: no hash table, one byte order; msgfmt also refuses broken formats."""
    command = ["msgfmt", "--check-format", "--no-hash", "--endianness=little", "--output-file=-", str(catalogue)]
    answer = subprocess.run(command, check=False, capture_output=True)
    if answer.returncode:
        raise SystemExit(answer.stderr.decode().strip())
    return answer.stdout


def problems(found: Iterable[Message], known: list[Message]) -> Iterator[str]:
    """One line for each thing that keeps the catalogue from being complete."""
    new, old = {message.key for message in found}, {message.key for message in known[1:]}
    yield from (f"new, not in the catalogue: {key.msgid!r}" for key in sorted(new - old))
    yield from (f"not in the code any more: {key.msgid!r}" for key in sorted(old - new))
    for message in known[1:]:
        yield from (f"{problem}: {message.msgid!r}" for problem in message_problems(message))


def message_problems(message: Message) -> Iterator[str]:
    if message.is_fuzzy:
        yield "fuzzy"
    if not all(message.translations):
        yield "not translated"
        return
    marks = set(MARK.findall(message.plural or message.msgid))
    if any(set(MARK.findall(translation)) != marks for translation in message.translations):
        yield "placeholders or tags differ"


def check() -> list[str]:
    known = parse(CATALOGUE.read_text(encoding="utf-8"))
    named = list(problems(extract(), known))
    binary = CATALOGUE.with_suffix(".mo")
    if not binary.is_file() or binary.read_bytes() != compiled(CATALOGUE):
        named.append(f"{binary.name} is not what {CATALOGUE.name} compiles to")
    return named


def rewrite() -> int:
    """Bring the catalogue up to date; returns how many messages still wait for a translation."""
    messages = merge(extract(), parse(CATALOGUE.read_text(encoding="utf-8")))
    CATALOGUE.write_text(render(messages), encoding="utf-8")
    CATALOGUE.with_suffix(".mo").write_bytes(compiled(CATALOGUE))
    print(f"{len(messages) - 1} messages in {CATALOGUE.relative_to(ROOT)}")
    return sum(not all(message.translations) for message in messages)


def main(arguments: list[str]) -> int:
    if shutil.which("xgettext") is None or shutil.which("msgfmt") is None:
        print("gettext is missing, so messages cannot be compared: apt-get install gettext", file=sys.stderr)
        return 1
    if "--check" not in arguments:
        waiting = rewrite()
        print(f"{waiting} wait for a translation" if waiting else "all of them are translated")
        return 0
    named = check()
    print("\n".join([*named, "run `make messages`, then translate what is new"] if named else ["messages are current"]))
    return 1 if named else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
