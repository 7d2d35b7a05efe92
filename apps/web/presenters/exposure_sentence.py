"""The one sentence of the exposure form, with a gap for each part that is not chosen yet."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.web.presenters.exposure_choices import Offer


@dataclass(frozen=True, slots=True)
class Sentence:
    """Each part is marked up: bold where it is chosen, a gap where it is not. `secret` is empty over HTTP."""

    url: SafeString
    backend: SafeString
    cluster: SafeString
    secret: SafeString | None


def sentence_of(offer: Offer, url: str) -> Sentence:
    """`url` is the address of a complete and well-formed draft; until then the host stands as it is typed."""
    draft = offer.draft
    host = offer.stated_host
    service = f"{draft.namespace} / {draft.service} : {draft.port}" if draft.service and draft.port else ""
    return Sentence(
        url=_part(url or (f"{draft.scheme}://{host}/" if host else ""), _gap_for_name(offer), "mono"),
        backend=_part(service, _("a service")),
        cluster=_part(offer.cluster.name if offer.cluster else "", _("a cluster")),
        secret=_part(draft.secret, "…") if draft.scheme == "https" else None,
    )


def _gap_for_name(offer: Offer) -> str:
    if offer.draft.prefix:
        return f"{offer.draft.prefix}.…"
    return f"….{offer.wildcard_domain}" if offer.is_quick and offer.draft.host_kind == "wildcard" else _("A name")


def _part(text: str, gap: str, kind: str = "") -> SafeString:
    if not text:
        return format_html('<span class="gap">{}</span>', gap)
    return format_html('<b class="{}">{}</b>', kind, text)
