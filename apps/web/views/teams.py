"""Teams: one's own, or all for platform admins and auditors; members, contact and granted namespaces."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import selectors
from apps.accounts.models import Membership, NamespaceGrant, Team, User
from apps.accounts.permissions import check, may_edit_team, may_manage_members, may_manage_people
from apps.accounts.services.limits import set_grant_limit, set_team_limit
from apps.accounts.services.teams import (
    create_team,
    grant_namespace,
    remove_member,
    revoke_grant,
    set_member,
    update_team,
)
from apps.exposures.usage import usage_of
from apps.web.forms.people_teams import GrantForm, LimitForm, MemberForm, NewTeamForm, TeamForm
from apps.web.http import SignedInRequest, page_of
from apps.web.offering import seen_namespaces_for, user_names_for
from apps.web.saving import named_user, save_form


@login_required
@require_http_methods(["GET", "POST"])
def team_list(request: SignedInRequest) -> HttpResponse:
    form = NewTeamForm(request.POST or None)
    if request.method == "POST":
        team = save_form(form, create_team, by=request.user)
        if team is not None:
            messages.success(request, _("Team %(name)s was created.") % {"name": team.name})
            return redirect("web:team_detail", team.name)
    search = request.GET.get("q", "").strip()
    context = {
        "page": page_of(request, selectors.list_team_summaries_for(request.user, search=search)),
        "q": search,
        "form": form,
        "may_manage": may_manage_people(request.user),
    }
    return render(request, "teams/team_list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def team_detail(request: SignedInRequest, name: str) -> HttpResponse:
    team = selectors.get_team_for(request.user, name)
    if request.method == "GET":
        return _team_page(request, team)
    form = TeamForm(request.POST)
    if save_form(form, update_team, by=request.user, team=team) is None:
        return _team_page(request, team, form=form)
    messages.success(request, _("Saved."))
    return redirect("web:team_detail", name)


@login_required
@require_POST
def member_set(request: SignedInRequest, name: str) -> HttpResponse:
    team = selectors.get_team_for(request.user, name)
    check(may_manage_members(request.user, team))
    form = MemberForm(request.POST)
    membership = save_form(form, _set_member_by_name, by=request.user, team=team)
    if membership is None:
        return _team_page(request, team, member_form=form)
    said = _("%(user)s is now %(role)s.")
    role = membership.get_role_display().lower()
    messages.success(request, said % {"user": membership.user.username, "role": role})
    return redirect("web:team_detail", name)


@login_required
@require_http_methods(["GET", "POST"])
def member_remove(request: SignedInRequest, name: str, username: str) -> HttpResponse:
    """GET asks, POST removes."""
    team = selectors.get_team_for(request.user, name)
    check(may_manage_members(request.user, team))
    user = selectors.get_user(username)
    if request.method == "GET":
        return render(request, "teams/member_remove.html", {"team": team, "person": user})
    remove_member(by=request.user, team=team, user=user)
    messages.success(request, _("%(user)s is no longer a member.") % {"user": username})
    return redirect("web:team_detail", name)


@login_required
@require_POST
def grant_create(request: SignedInRequest, name: str) -> HttpResponse:
    team = selectors.get_team_for(request.user, name)
    check(may_manage_people(request.user))
    form = GrantForm(request.POST)
    if save_form(form, grant_namespace, by=request.user, team=team) is None:
        return _team_page(request, team, grant_form=form)
    messages.success(request, _("Namespace %(name)s was granted.") % {"name": form.cleaned_data["namespace"]})
    return redirect("web:team_detail", name)


@login_required
@require_http_methods(["GET", "POST"])
def grant_revoke(request: SignedInRequest, name: str, grant_id: str) -> HttpResponse:
    """GET asks, POST revokes."""
    grant = selectors.get_grant_for(request.user, grant_id)
    check(may_manage_people(request.user))
    if request.method == "GET":
        return render(request, "teams/grant_revoke.html", {"team": grant.team, "grant": grant})
    revoke_grant(by=request.user, grant=grant)
    messages.success(request, _("The grant was revoked."))
    return redirect("web:team_detail", name)


@login_required
@require_POST
def team_limit(request: SignedInRequest, name: str) -> HttpResponse:
    """How many exposures the team, or one of its namespaces, may have."""
    team = selectors.get_team_for(request.user, name)
    check(may_manage_people(request.user))
    grant_id, form = request.POST.get("grant", ""), LimitForm(request.POST)
    saved: Team | NamespaceGrant | None
    if grant_id:
        saved = save_form(form, set_grant_limit, by=request.user, grant=get_object_or_404(team.grants, pk=grant_id))
    else:
        saved = save_form(form, set_team_limit, by=request.user, team=team)
    if saved is None:
        messages.error(request, _("A limit is a whole number from 0 to 100000, or empty for any number."))
    else:
        messages.success(request, _("The limit was set."))
    return redirect(f"{reverse('web:team_detail', args=[name])}#limits")


def _set_member_by_name(*, by: User, team: Team, username: str, role: str) -> Membership:
    return set_member(by=by, team=team, user=named_user(username), role=role)


def _team_page(request: SignedInRequest, team: Team, **bound: Any) -> HttpResponse:
    """The page with all its forms; `bound` are those that were sent and refused."""
    forms = {
        "form": TeamForm(initial={"title": team.title, "contact": team.contact}),
        "member_form": MemberForm(),
        "grant_form": GrantForm(),
    } | bound
    context = {
        "team": team,
        "members": page_of(request, selectors.list_members(team), size=50),
        "usage": usage_of(team),
        "may_edit": may_edit_team(request.user, team),
        "may_manage_members": may_manage_members(request.user, team),
        "may_manage": may_manage_people(request.user),
        "sees_people": request.user.sees_everything,
        "user_names": user_names_for(request.user),
        "seen_namespaces": seen_namespaces_for(request.user),
    }
    return render(request, "teams/team_detail.html", context | forms, status=422 if bound else 200)
