"""Addresses of the pages about people: users, approver groups, teams, the own profile and tokens."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.web.views import people, profile, teams, tokens

urlpatterns: list[URLPattern] = [
    path("people/", people.user_list, name="user_list"),
    path("people/new/", people.user_create, name="user_create"),
    path("people/groups/", people.group_list, name="group_list"),
    path("people/groups/<slug:name>/", people.group_detail, name="group_detail"),
    path("people/groups/<slug:name>/<str:username>/remove/", people.group_member_remove, name="group_member_remove"),
    path("people/users/<str:username>/", people.user_detail, name="user_detail"),
    path("people/users/<str:username>/password/", people.user_password, name="user_password"),
    path("people/users/<str:username>/active/", people.user_active, name="user_active"),
    path("teams/", teams.team_list, name="team_list"),
    path("teams/<slug:name>/", teams.team_detail, name="team_detail"),
    path("teams/<slug:name>/limit/", teams.team_limit, name="team_limit"),
    path("teams/<slug:name>/members/", teams.member_set, name="member_set"),
    path("teams/<slug:name>/members/<str:username>/remove/", teams.member_remove, name="member_remove"),
    path("teams/<slug:name>/grants/", teams.grant_create, name="grant_create"),
    path("teams/<slug:name>/grants/<str:grant_id>/revoke/", teams.grant_revoke, name="grant_revoke"),
    path("profile/", profile.profile, name="profile"),
    path("preferences/", profile.preferences, name="preferences"),
    path("tokens/", tokens.token_list, name="token_list"),
    path("tokens/new/", tokens.token_create, name="token_create"),
    path("tokens/<str:token_id>/revoke/", tokens.token_revoke, name="token_revoke"),
]
