"""The certificates that somebody may see as a calendar: one event for each expiry, with an alarm at the last tenth.

A copy of a certificate in another place is the same event: people renew certificates, not Secrets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from apps.accounts.models import User
from apps.exposures.certificate_uses import CertificateUses, certificate_uses_for, place_of
from apps.inventory.models import Secret
from apps.inventory.selectors import list_certificates_for

PRODUCT = "-//Portico//Certificates//EN"
ASK_AGAIN = timedelta(hours=6)
# What expired long ago reminds nobody of anything.
SHOWN_AFTER = timedelta(days=30)
NAMED = 20
# A calendar is for people: beyond this many the soonest are enough.
MOST = 2000


def certificate_calendar(user: User, now: datetime) -> bytes:
    """What the person may see at this moment, as RFC 5545 wants it."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Certificates in Portico"))
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    certificates = _certificates(user, now)
    uses = certificate_uses_for(user, [secret for copies in certificates.values() for secret in copies])
    for copies in certificates.values():
        calendar.add_component(_event(copies, uses, now))
    rendered: bytes = calendar.to_ical()
    return rendered


def _certificates(user: User, now: datetime) -> dict[str, list[Secret]]:
    """Fingerprint → its copies, soonest expiry first."""
    secrets = list_certificates_for(user).filter(not_after__gt=now - SHOWN_AFTER).exclude(fingerprint_sha256="")
    found: dict[str, list[Secret]] = {}
    for secret in secrets.order_by("not_after", "cluster__name", "namespace", "name")[:MOST]:
        found.setdefault(secret.fingerprint_sha256, []).append(secret)
    return found


def _event(copies: Sequence[Secret], uses: dict[tuple[str, str, str], CertificateUses], now: datetime) -> Event:
    first = copies[0]
    event = Event()
    event.add("uid", f"{first.fingerprint_sha256.replace(':', '').lower()}@portico")
    event.add("dtstamp", now)
    event.add("dtstart", first.not_after)
    event.add("summary", _("%(name)s expires") % {"name": _name(first)})
    event.add("description", _description(copies, [name for secret in copies for name in uses[place_of(secret)].names]))
    event.add("url", _url(first))
    event.add("transp", "TRANSPARENT")
    if first.not_before is not None and first.not_after is not None and first.not_before < first.not_after:
        event.add_component(_alarm(first, (first.not_after - first.not_before) / 10))
    return event


def _alarm(secret: Secret, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("The last tenth of %(name)s has begun: replace it.") % {"name": _name(secret)})
    alarm.add("trigger", -timedelta(seconds=round(before.total_seconds())))
    return alarm


def _description(copies: Iterable[Secret], hosts: Sequence[str]) -> str:
    places = [f"{secret.cluster.name}: {secret.namespace}/{secret.name}" for secret in copies]
    lines = [_("Where: %(places)s") % {"places": ", ".join(_few(places))}]
    if hosts:
        lines.append(_("Used by: %(hosts)s") % {"hosts": ", ".join(_few(sorted(set(hosts))))})
    return "\n".join(lines)


def _few(names: Sequence[str]) -> list[str]:
    more = [_("and %(count)d more") % {"count": len(names) - NAMED}] if len(names) > NAMED else []
    return [*names[:NAMED], *more]


def _name(secret: Secret) -> str:
    return str(secret.subject_names[0]) if secret.subject_names else f"{secret.namespace}/{secret.name}"


def _url(secret: Secret) -> str:
    path = reverse("web:certificate_detail", args=[secret.cluster.name, secret.namespace, secret.name])
    return f"{settings.PORTICO_URL}{path}"
