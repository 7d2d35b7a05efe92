"""Names as objects of the platform: zones granted to teams, names kept from everyone, and hosts that teams hold."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Scope
from apps.accounts.permissions import check, may_manage_people
from apps.accounts.selectors import get_group_for, get_team_for
from apps.api.etags import etag_of
from apps.api.paging import order, search
from apps.api.serializers.domains import (
    ClaimShareOut,
    ConsentWithdrawIn,
    HostClaimOut,
    ReservedHostIn,
    ReservedHostOut,
    ZoneChangeIn,
    ZoneIn,
    ZoneOut,
)
from apps.api.serializers.strict import SearchQuery
from apps.api.views.base import PortalView
from apps.domains import selectors
from apps.domains.models import HostClaim, ReservedHost, Zone
from apps.domains.services import change_zone, grant_zone, reserve_host, revoke_zone, unreserve_host
from apps.exposures.consents import withdraw_consent
from apps.exposures.host_uses import exposures_on
from apps.exposures.shared_hosts import get_share_for, shares_on

SCOPES = {"GET": Scope.DOMAINS_READ} | dict.fromkeys(("POST", "PATCH", "DELETE"), Scope.DOMAINS_WRITE)


class ZoneListView(PortalView):
    scopes = SCOPES
    queries = {"GET": SearchQuery}
    bodies = {"POST": ZoneIn}
    answers = {"GET": {200: ZoneOut}, "POST": {201: ZoneOut}}
    paged = frozenset({"GET"})
    further_problems = frozenset({422})

    def get(self, request: Request) -> Response:
        """The zones of your teams; all zones for platform admins and auditors."""
        found = search(selectors.list_zones_for(self.user), self.asked.get("search", ""), ("name", "team__name"))
        return self.respond_page(order(found, self.asked.get("ordering", ""), {"name": "name", "team": "team__name"}))

    def post(self, request: Request) -> Response:
        """Grant a domain to a team: it may ask for hosts in it, and the approver group decides on them."""
        asked = self.body()
        check(may_manage_people(self.user))
        zone = grant_zone(
            by=self.user,
            name=asked["name"],
            team=get_team_for(self.user, asked["team"]),
            approver_group=get_group_for(self.user, asked["approver_group"]),
        )
        return self.respond(zone, status=201, etag=_zone_etag(zone))


class ZoneDetailView(PortalView):
    scopes = SCOPES
    bodies = {"PATCH": ZoneChangeIn}
    answers = {"GET": {200: ZoneOut}, "PATCH": {200: ZoneOut}, "DELETE": {204: None}}
    tagged = True

    def get(self, request: Request, zone_id: str) -> Response:
        """One zone."""
        zone = selectors.get_zone_for(self.user, zone_id)
        return self.respond(zone, etag=_zone_etag(zone))

    def patch(self, request: Request, zone_id: str) -> Response:
        """Have another group decide on hosts in the zone. Requests that wait already keep the group they wait for."""
        zone = selectors.get_zone_for(self.user, zone_id)
        self.check_version(_zone_etag(zone))
        check(may_manage_people(self.user))
        group = get_group_for(self.user, self.body()["approver_group"])
        changed = change_zone(by=self.user, zone=zone, approver_group=group)
        return self.respond(changed, etag=_zone_etag(changed))

    def delete(self, request: Request, zone_id: str) -> Response:
        """Revoke the zone. Hosts that live in it stay; new ones need another grant."""
        zone = selectors.get_zone_for(self.user, zone_id)
        self.check_version(_zone_etag(zone))
        revoke_zone(by=self.user, zone=zone)
        return self.respond(None, status=204)


class ReservedHostListView(PortalView):
    scopes = SCOPES
    queries = {"GET": SearchQuery}
    bodies = {"POST": ReservedHostIn}
    answers = {"GET": {200: ReservedHostOut}, "POST": {201: ReservedHostOut}}
    paged = frozenset({"GET"})
    further_problems = frozenset({422})

    def get(self, request: Request) -> Response:
        """The reserved names, for platform admins and auditors; nobody else sees any."""
        rows = selectors.list_reserved_hosts_for(self.user)
        found = search(rows, self.asked.get("search", ""), ("pattern", "reason"))
        return self.respond_page(order(found, self.asked.get("ordering", ""), {"pattern": "pattern"}))

    def post(self, request: Request) -> Response:
        """Keep a name, or every name below a domain, from everyone."""
        reserved = reserve_host(by=self.user, **self.body())
        return self.respond(reserved, status=201, etag=_reserved_etag(reserved))


class ReservedHostDetailView(PortalView):
    scopes = SCOPES
    answers = {"GET": {200: ReservedHostOut}, "DELETE": {204: None}}
    tagged = True

    def get(self, request: Request, reserved_id: str) -> Response:
        """One reserved name."""
        reserved = selectors.get_reserved_host_for(self.user, reserved_id)
        return self.respond(reserved, etag=_reserved_etag(reserved))

    def delete(self, request: Request, reserved_id: str) -> Response:
        """Give the name back to the teams in whose zones it is."""
        reserved = selectors.get_reserved_host_for(self.user, reserved_id)
        self.check_version(_reserved_etag(reserved))
        unreserve_host(by=self.user, reserved=reserved)
        return self.respond(None, status=204)


class HostClaimListView(PortalView):
    scopes = SCOPES
    queries = {"GET": SearchQuery}
    answers = {"GET": {200: HostClaimOut}}
    paged = frozenset({"GET"})

    uses: dict[str, list[Any]]
    shares: dict[str, list[Any]]

    def get(self, request: Request) -> Response:
        """The hosts that your teams hold, and where they are exposed; all for platform admins and auditors."""
        found = search(selectors.list_claims_for(self.user), self.asked.get("search", ""), ("host", "team__name"))
        columns = {"host": "host", "team": "team__name", "claimed_at": "claimed_at"}
        return self.respond_page(order(found, self.asked.get("ordering", ""), columns))

    def prepare(self, page: list[HostClaim]) -> list[HostClaim]:
        hosts = [claim.host for claim in page]
        self.uses, self.shares = exposures_on(hosts), shares_on(hosts)
        return page

    def _context(self) -> dict[str, Any]:
        return {**super()._context(), "uses": self.uses, "shares": self.shares}


class ConsentWithdrawView(PortalView):
    scopes = {"POST": Scope.REQUESTS_DECIDE}
    bodies = {"POST": ConsentWithdrawIn}
    answers = {"POST": {200: ClaimShareOut}}

    def post(self, request: Request, exposure_id: str) -> Response:
        """Take back what your team granted a guest on its host: what is live stays, every change asks you again."""
        share = get_share_for(self.user, exposure_id)
        withdraw_consent(by=self.user, share=share, **self.body())
        return self.respond(get_share_for(self.user, exposure_id))


def _zone_etag(zone: Zone) -> str:
    return etag_of(zone.pk, zone.approver_group_id)


def _reserved_etag(reserved: ReservedHost) -> str:
    return etag_of(reserved.pk)
