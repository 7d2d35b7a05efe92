"""The product's template tags; a built-in of every template, so no {% load %} is needed.

Each tag puts one file of templates/components/ on the page; its inputs are described there. Parts that wrap content use
`{% component "name" %}` (apps/web/slots.py). /styleguide/ shows all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import NaturalTimeFormatter, naturaltime
from django.core.paginator import Page
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.common import wording
from apps.common.said import shown
from apps.web.context import known_url
from apps.web.fields import error_summary, form_field, segmented
from apps.web.glossary import TERMS
from apps.web.highlight import yaml_markup
from apps.web.slots import parse_component, parse_slot

register = template.Library()
register.tag("component", parse_component)
register.tag("slot", parse_slot)
register.inclusion_tag("components/form_field.html")(form_field)
register.inclusion_tag("components/segmented.html")(segmented)
register.inclusion_tag("components/error_summary.html")(error_summary)

STATE_ICONS = {
    "ok": "circle-check",
    "wait": "clock",
    "run": "loader",
    "bad": "triangle-alert",
    "mute": "circle-minus",
}
STATE_WORDS = {
    "ok": _("in order"),
    "wait": _("needs attention"),
    "run": _("in progress"),
    "bad": _("broken"),
    "mute": _("not known"),
}
ENVIRONMENTS = {
    "dev": pgettext_lazy("environment", "dev"),
    "test": pgettext_lazy("environment", "test"),
    "staging": pgettext_lazy("environment", "staging"),
    "prod": pgettext_lazy("environment", "prod"),
}
MESSAGE_KINDS = {"success": "ok", "error": "bad", "warning": "wait"}
SPARK_WIDTH, SPARK_HEIGHT = 96, 24
FRESH = timedelta(seconds=10)
# Django's Chinese says 分钟之前, 日前 and 月后 where browsers say 分钟前, 天前 and 个月后.
BROWSERS_WORDS = {"之前": "前", "以前": "前", "之后": "后", "以后": "后", "日": "天", "月": "个月"}
OTHER_WORDS = re.compile("|".join(BROWSERS_WORDS))


@register.filter
def message_kind(level_tag: str) -> str:
    """The state colour of a message of django.contrib.messages."""
    return MESSAGE_KINDS.get(level_tag, "run")


@register.filter
def said(entry: Mapping[str, Any] | None) -> str:
    """The stored sentence of a condition, a step or a reason, in the reader's language."""
    return shown(entry)


@register.filter
def listed(words: Sequence[str]) -> str:
    """Words in a row as the language does it: “a, b and c”."""
    return wording.listed(words)


@register.filter
def sentence(words: object) -> str:
    """Words that stand as a sentence of their own, with the full stop of the language."""
    return wording.sentence(str(words))


@register.filter
def gap(words: object) -> str:
    """What stands between these words and the next ones: nothing after a full stop of full width."""
    return "" if str(words).endswith(wording.FULL_WIDTH_ENDS) else " "


@register.filter
def ago(moment: datetime) -> str:
    """“3 hours ago”, “2 weeks from now”: in one unit, as the browser says it from then on, so that the line keeps its
    length.
    """
    return wording.spaced(OTHER_WORDS.sub(lambda found: BROWSERS_WORDS[found[0]], _told(moment)))


def _told(moment: datetime) -> str:
    apart = timezone.now() - moment
    if abs(apart) < timedelta(days=1):
        return str(naturaltime(moment))
    if apart > timedelta(0):
        delta = timesince(moment, time_strings=NaturalTimeFormatter.past_substrings, depth=1)
        return str(NaturalTimeFormatter.time_strings["past-day"]) % {"delta": delta}
    delta = timeuntil(moment, time_strings=NaturalTimeFormatter.future_substrings, depth=1)
    return str(NaturalTimeFormatter.time_strings["future-day"]) % {"delta": delta}


@register.filter
def coded(text: str) -> SafeString:
    """A sentence in which what stands between backticks is code."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return format_html("{}", text)
    shown = (format_html("<code>{}</code>" if number % 2 else "{}", part) for number, part in enumerate(parts))
    return format_html_join("", "{}", ((part,) for part in shown))


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """An icon of the sprite; `size` is "", "s" (14 px), "l" (20) or "xl" (28). Decorative unless it has a label."""
    classes = f"i i-{size}" if size else "i"
    if name == "loader":
        classes += " spin"
    href = f"{static('icons.svg')}#{name}"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', classes, label, href)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, href)


@register.inclusion_tag("components/state.html")
def state(kind: str, word: str, icon: str = "", plain: bool = False, title: str = "") -> dict[str, Any]:
    return {"kind": kind, "word": word, "icon_name": icon or STATE_ICONS[kind], "plain": plain, "title": title}


@register.inclusion_tag("components/environment.html")
def environment(value: str) -> dict[str, Any]:
    return {"value": value, "word": ENVIRONMENTS.get(value, value)}


@register.inclusion_tag("components/avatar.html")
def avatar(name: str, icon: str = "") -> dict[str, Any]:
    return {"initials": "".join(name.split()[:2] if not name.isascii() else [name])[:2].upper(), "icon_name": icon}


@register.inclusion_tag("components/when.html")
def when(value: datetime | None, empty: str = "–") -> dict[str, Any]:
    """`is_fresh` as long as the element of the page says so too, so that nothing jumps when that takes over."""
    age = timezone.now() - value if value else None
    is_fresh = age is not None and timedelta(0) <= age < FRESH
    # The element itself puts an English “on” before a date, in every language.
    return {"value": value, "empty": empty, "is_fresh": is_fresh, "is_english": get_language() == "en"}


@register.inclusion_tag("components/kv.html")
def kv(label: str, value: Any, mono: bool = False, copy: bool = False, word: str = "") -> dict[str, Any]:
    return {"label": label, "value": value, "mono": mono, "copy": copy, "word": word}


@register.inclusion_tag("components/copy.html")
def copy(text: str = "", label: str = "", source: str = "") -> dict[str, Any]:
    return {"text": text, "label": label, "source": source}


@register.inclusion_tag("components/code_block.html")
def code_block(text: str, id: str, title: str = "", wrap: bool = False) -> dict[str, Any]:  # noqa: A002 - an HTML id
    return {"text": text, "id": id, "title": title, "wrap": wrap}


@register.inclusion_tag("components/code_block.html")
def manifest(text: str, id: str = "manifest", title: str = "") -> dict[str, Any]:  # noqa: A002 - an HTML id
    return {"text": text, "markup": yaml_markup(text), "id": id, "title": title}


@register.inclusion_tag("components/field_diff.html")
def field_diff(changes: Iterable[Any], before: str = "", after: str = "") -> dict[str, Any]:
    return {"changes": changes, "before": before, "after": after}


@register.inclusion_tag("components/line_diff.html")
def line_diff(lines: Iterable[Any], label: str) -> dict[str, Any]:
    """Lines of apps/web/presenters/manifest_diff.py."""
    return {"lines": lines, "label": label}


@register.inclusion_tag("components/crumb.html")
def crumb(label: str, url: str = "") -> dict[str, Any]:
    return {"label": label, "url": url}


@register.inclusion_tag("components/tab.html")
def tab(label: str, url: str, active: bool = False, count: int | None = None) -> dict[str, Any]:
    return {"label": label, "url": url, "active": active, "count": count}


@register.inclusion_tag("components/chip.html")
def chip(label: str, url: str, active: bool = False, count: int | None = None, icon: str = "") -> dict[str, Any]:
    return {"label": label, "url": url, "active": active, "count": count, "icon_name": icon}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any]) -> dict[str, Any]:
    return {"page": page, "request": context.get("request")}


@register.inclusion_tag("components/check.html")
def check(kind: str, text: str, note: str = "") -> dict[str, Any]:
    return {"kind": kind, "icon_name": STATE_ICONS[kind], "word": STATE_WORDS[kind], "text": text, "note": note}


@register.inclusion_tag("components/stat.html")
def stat(label: str, value: Any, url: str = "", kind: str = "", icon: str = "") -> dict[str, Any]:
    return {"label": label, "value": value, "url": url, "kind": kind, "icon_name": icon}


@register.inclusion_tag("components/life.html")
def life(percent: int, label: str, kind: str = "ok") -> dict[str, Any]:
    return {"percent": max(0, min(100, percent)), "label": label, "kind": kind}


@register.inclusion_tag("components/skeleton.html")
def skeleton(rows: int = 3) -> dict[str, Any]:
    return {"rows": range(rows)}


@register.inclusion_tag("components/help.html", name="help")
def help_mark(name: str) -> dict[str, Any]:
    """A “?” beside a hard word of apps/web/glossary.py."""
    return {"name": name, "term": TERMS[name], "help_url": known_url("web:help")}


@register.inclusion_tag("components/sparkline.html")
def sparkline(values: Sequence[float | None], label: str, kind: str = "", slots: int = 0) -> dict[str, Any]:
    """A line over equal steps, from nothing at the bottom to the highest value; a gap with a mark for None.

    With `slots` it leaves room on its left for values that are still to come.
    """
    step = SPARK_WIDTH / max(len(values) - 1, slots - 1, 1)
    first = max(slots - len(values), 0)
    scale = (SPARK_HEIGHT - 6) / (max((value for value in values if value is not None), default=0) or 1)
    lines: list[list[str]] = [[]]
    gaps: list[str] = []
    for index, value in enumerate(values, start=first):
        if value is None:
            gaps.append(f"{index * step:.1f}")
            lines.append([])
        else:
            lines[-1].append(f"{index * step:.1f},{SPARK_HEIGHT - 3 - value * scale:.1f}")
    # A single point is drawn as a dot: a line from it to itself with round ends.
    drawn = [" ".join(points * 2 if len(points) == 1 else points) for points in lines if points]
    return {
        "lines": drawn,
        "gaps": gaps,
        "label": label,
        "kind": kind,
        "width": SPARK_WIDTH,
        "height": SPARK_HEIGHT,
    }


@register.inclusion_tag("components/way.html")
def way(hops: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Draws the hops in order; what lies behind the first broken one is shown as not known."""
    drawn: list[dict[str, Any]] = []
    reached = True
    for hop in hops:
        kind = hop["state"] if reached else "mute"
        # A name that DNS was not asked about may still lead here; behind anything else unknown nothing is.
        unknown_before = len(drawn) > 1 and drawn[-1]["state"] == "mute"
        if drawn and (kind in {"bad", "mute"} or unknown_before):
            drawn[-1]["cut"] = True
        reached = reached and kind != "bad"
        drawn.append({**hop, "state": kind, "sign": STATE_ICONS[kind], "word": STATE_WORDS[kind], "cut": False})
    return {"hops": drawn}
