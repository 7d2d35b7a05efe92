"""Own tokens, teams, and who one is."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.enums import Scope
from apps.accounts.models import ApiToken, Team
from apps.accounts.selectors import (
    get_team_for,
    get_token_of,
    group_names_of,
    list_grants_for,
    list_teams_for,
    list_tokens_of,
)
from apps.accounts.services.limits import set_grant_limit, set_team_limit
from apps.accounts.services.tokens import create_token, revoke_token
from apps.api.etags import etag_of
from apps.api.paging import order, search
from apps.api.serializers.people import CreatedTokenOut, LimitIn, MeOut, TeamGrantOut, TeamOut, TokenIn, TokenOut
from apps.api.serializers.strict import SearchQuery
from apps.api.views.base import PortalView
from apps.common.errors import NotFound

# What teams may do in clusters belongs to those who keep the clusters.
LIMIT_SCOPES = {"PATCH": Scope.CLUSTERS_WRITE}
TOKEN_ORDERINGS = {"name": "name", "created_at": "created", "expires_at": "expiry", "last_used_at": "last_used_at"}
TOKEN_SCOPES = {"GET": Scope.TOKENS_WRITE, "POST": Scope.TOKENS_WRITE, "DELETE": Scope.TOKENS_WRITE}


class TokenListView(PortalView):
    scopes = TOKEN_SCOPES
    queries = {"GET": SearchQuery}
    bodies = {"POST": TokenIn}
    answers = {"GET": {200: TokenOut}, "POST": {201: CreatedTokenOut}}
    paged = frozenset({"GET"})

    def get(self, request: Request) -> Response:
        """Your own tokens, the newest first."""
        tokens = search(list_tokens_of(self.user), self.asked.get("search", ""), ("name",))
        return self.respond_page(order(tokens, self.asked.get("ordering", ""), TOKEN_ORDERINGS))

    def post(self, request: Request) -> Response:
        """Create a token. Its plain text is in this answer and nowhere else."""
        token, plaintext = create_token(by=self.user, **self.body())
        serialized = CreatedTokenOut(token, context={"plaintext": plaintext})
        return Response(serialized.data, status=201, headers={"ETag": _etag(token)})


class TokenDetailView(PortalView):
    scopes = TOKEN_SCOPES
    answers = {"GET": {200: TokenOut}, "DELETE": {204: None}}
    tagged = True

    def get(self, request: Request, token_id: str) -> Response:
        """One of your tokens."""
        token = get_token_of(self.user, token_id)
        return self.respond(token, etag=_etag(token))

    def delete(self, request: Request, token_id: str) -> Response:
        """Revoke the token; it is dead from the next request on."""
        token = get_token_of(self.user, token_id)
        self.check_version(_etag(token))
        revoke_token(by=self.user, token=token)
        return self.respond(None, status=204)


class TeamListView(PortalView):
    queries = {"GET": SearchQuery}
    answers = {"GET": {200: TeamOut}}
    paged = frozenset({"GET"})

    def get(self, request: Request) -> Response:
        """Your teams; all teams for platform admins and auditors."""
        teams = search(list_teams_for(self.user), self.asked.get("search", ""), ("name", "title"))
        ordered = order(teams, self.asked.get("ordering", ""), {"name": "name"})
        return self.respond_page(ordered.prefetch_related("memberships__user", "grants"))


class TeamDetailView(PortalView):
    scopes = LIMIT_SCOPES
    bodies = {"PATCH": LimitIn}
    answers = {"GET": {200: TeamOut}, "PATCH": {200: TeamOut}}
    tagged = True

    def get(self, request: Request, name: str) -> Response:
        """One team with its members, namespaces and limits."""
        return self.respond_team(get_team_for(self.user, name))

    def patch(self, request: Request, name: str) -> Response:
        """Limit how many exposures the team may have; for platform admins."""
        team = get_team_for(self.user, name)
        self.check_version(_etag_of_team(team))
        return self.respond_team(set_team_limit(by=self.user, team=team, **self.body()))

    def respond_team(self, team: Team) -> Response:
        return self.respond(team, etag=_etag_of_team(team))


class TeamGrantView(PortalView):
    scopes = LIMIT_SCOPES
    bodies = {"PATCH": LimitIn}
    answers = {"PATCH": {200: TeamGrantOut}}

    def patch(self, request: Request, name: str, cluster: str, namespace: str) -> Response:
        """Limit how many exposures the namespace may hold; for platform admins."""
        team = get_team_for(self.user, name)
        grant = team.grants.filter(cluster_name=cluster, namespace=namespace).first()
        if grant is None:
            raise NotFound(code="grant_not_found")
        return self.respond(set_grant_limit(by=self.user, grant=grant, **self.body()))


class MeView(PortalView):
    answers = {"GET": {200: MeOut}}

    def get(self, request: Request) -> Response:
        """Who you are, where you may act, and what this token may be used for."""
        token = request.auth if isinstance(request.auth, ApiToken) else None
        content = {
            "user": self.user,
            "teams": self.user.memberships.select_related("team").order_by("team__name"),
            "groups": group_names_of(self.user),
            "scopes": token.scopes if token else None,
            "grants": list_grants_for(self.user).filter(team__memberships__user=self.user).distinct(),
        }
        return self.respond(content)


def _etag(token: ApiToken) -> str:
    return etag_of(token.public_id)


def _etag_of_team(team: Team) -> str:
    return etag_of(TeamOut(team).data)
