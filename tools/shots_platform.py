"""What approvers, platform admins and auditors look at, in every state; beside the list in tools/shots.py."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from demo.parts import portal_token, reader_token
from demo.plan import HOST, Plan
from tools.shots import Shot, Step, list_of, on_paper, opening, sending

FORM = "main form[method=post]"


def platform_pages(tokens: dict[str, str], folder: Path, *, is_crowded: bool) -> Iterator[Shot]:
    """Every such page that the demo can show; `demo.seeds crowd` adds the states that a calm demo has not."""
    yield from LISTS
    yield from FORMS
    yield from REFUSED
    yield from wizard_pages(Plan.load(folder))
    yield from request_pages(tokens)
    if is_crowded:
        yield from CROWDED


def opening_a_filter(page: Page) -> None:
    page.locator(".filters .menu > summary").first.click()


LISTS = (
    Shot("requests-open", "approver", "/requests/?view=open"),
    Shot("requests-all", "platform", "/requests/?view=all"),
    Shot("requests-nothing-waits", "auditor", "/requests/?view=awaiting"),
    Shot("requests-nothing-found", "approver", "/requests/?view=all&q=nothing-has-this-name"),
    Shot("requests-filter-open", "approver", "/requests/?view=all", opening_a_filter),
    Shot("requests-save-view", "approver", "/requests/?view=all&risk=high", opening(".save-view summary")),
    Shot("clusters-nothing-found", "platform", "/clusters/?environment=staging&state=unhealthy"),
    Shot("clusters-developer", "developer", "/clusters/"),
    Shot("cluster-developer", "developer", "/clusters/dev-1/"),
    Shot("cluster-auditor", "auditor", "/clusters/dev-1/"),
    Shot("cluster-menu", "platform", "/clusters/dev-1/", opening("main details.menu > summary")),
    Shot("domains-developer", "developer", "/domains/"),
    Shot("domains-hosts", "platform", "/domains/hosts/"),
    Shot("domains-hosts-nothing-found", "platform", "/domains/hosts/?q=nothing-has-this-name"),
    Shot("domains-reserved", "platform", "/domains/reserved/"),
    Shot("domains-lookup", "platform", "/domains/lookup/"),
    Shot("domains-lookup-taken", "platform", "/domains/lookup/?host=handbook.example.com"),
    Shot("domains-lookup-free", "developer", "/domains/lookup/?host=new.example.com"),
    Shot("domains-lookup-reserved", "developer", "/domains/lookup/?host=portal.example.com"),
    Shot("domains-lookup-refused", "developer", "/domains/lookup/?host=not_a_host"),
    Shot("teams-developer", "developer", "/teams/"),
    Shot("team-developer", "developer", "/teams/web/"),
    Shot("people-nothing-found", "platform", "/people/?q=nobody-has-this-name"),
    Shot("person-auditor", "auditor", "/people/users/developer/"),
    Shot("group", "platform", "/people/groups/network/"),
    Shot("audit-open", "platform", "/audit/", opening(".data .fold > summary")),
    Shot("audit-filtered", "auditor", "/audit/?actor=platform&object_type=cluster"),
    Shot("audit-nothing-found", "auditor", "/audit/?actor=nobody-has-this-name"),
    Shot("audit-developer", "developer", "/audit/"),
    Shot("not-allowed", "developer", "/clusters/register/"),
)

FORMS = (
    Shot("cluster-pause", "platform", "/clusters/dev-1/pause/"),
    Shot("cluster-rekey", "platform", "/clusters/dev-1/rekey/"),
    Shot("person-new", "platform", "/people/new/"),
    Shot("person-deactivate", "platform", "/people/users/developer/active/"),
    Shot("group-member-remove", "platform", "/people/groups/network/approver/remove/"),
    Shot("team-member-remove", "platform", "/teams/web/members/developer/remove/"),
)

REFUSED = (
    Shot("cluster-edit-refused", "platform", "/clusters/dev-1/edit/", lambda page: refused(page, "wildcard_domain")),
    Shot("cluster-pause-refused", "platform", "/clusters/dev-1/pause/", sending(FORM)),
    Shot("cluster-retire-refused", "platform", "/clusters/dev-1/retire/", sending(FORM)),
    Shot("cluster-rekey-refused", "platform", "/clusters/dev-1/rekey/", sending(FORM)),
    Shot("person-new-refused", "platform", "/people/new/", sending(FORM)),
    Shot("group-refused", "platform", "/people/groups/", lambda page: refused(page, "name")),
    Shot("team-refused", "platform", "/teams/", lambda page: refused(page, "name")),
    Shot("domains-refused", "platform", "/domains/", lambda page: refused(page, "name")),
    Shot("domains-reserved-refused", "platform", "/domains/reserved/", lambda page: refused(page, "pattern")),
)

CROWDED = (
    Shot("requests-second-page", "approver", "/requests/?view=all&page=2"),
    Shot("requests-compact", "dense", "/requests/?view=all"),
    Shot("requests-stale", "approver", "/requests/?view=all&state=stale"),
    Shot("exposures-compact", "dense", "/exposures/"),
    Shot("clusters-compact", "dense", "/clusters/?view=table"),
    Shot("cluster-compact", "dense", "/clusters/prod-1/"),
    Shot("audit-compact", "dense", "/audit/"),
    Shot("clusters-attention", "platform", "/clusters/?state=unhealthy"),
    Shot("clusters-environment", "platform", "/clusters/?environment=staging&view=table"),
    Shot("cluster-paused", "platform", "/clusters/stage-paused/"),
    Shot("cluster-lacks-rights", "platform", "/clusters/test-lacks-rights/"),
    Shot("cluster-down-developer", "crowded", "/clusters/dev-that-is-down/"),
    Shot("cluster-retire-living", "platform", "/clusters/stage-paused/retire/"),
    Shot("domains-hosts-many", "platform", "/domains/hosts/"),
    Shot("team-long", "platform", "/teams/a-name-that-is-as-long-as-kubernetes-lets-a-name-be-63-characte/"),
    Shot("group-empty", "platform", "/people/groups/on-leave/"),
    Shot("person-long", "platform", "/people/users/crowded/"),
)


def refused(page: Page, field: str) -> None:
    """Sent with something in the field that no rule lets pass."""
    page.locator(f"main [name={field}]").first.fill("Not allowed!")
    sending(FORM)(page)


def rejecting_without_a_word(page: Page) -> None:
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("[value=reject]").click()


def wizard_pages(plan: Plan) -> Iterator[Shot]:
    """Registering: what the test says of credentials good and bad, and the choice among several contexts."""
    cluster = "dev-1"
    endpoint, nobody = plan.endpoint(cluster), f"https://{HOST}:1"
    good, weak = portal_token(plan, cluster), reader_token(plan, cluster)
    yield _tested("works", _kubeconfig(plan, cluster, endpoint, good))
    yield _tested("lacks-rights", _kubeconfig(plan, cluster, endpoint, weak))
    yield _tested("token-refused", _kubeconfig(plan, cluster, endpoint, "revoked-long-ago"))
    yield _tested("no-answer", _kubeconfig(plan, cluster, nobody, good))
    yield _tested("contexts", plan.kubeconfig.read_text())
    yield _tested("not-a-kubeconfig", "this: is no kubeconfig")


def _tested(name: str, kubeconfig: str) -> Shot:
    return Shot(f"cluster-register-{name}", "platform", "/clusters/register/", _testing(kubeconfig))


def _testing(kubeconfig: str) -> Step:
    def step(page: Page) -> None:
        page.locator("[name=kubeconfig]").fill(kubeconfig)
        page.locator("[data-parts]").click()
        page.locator("#test-outcome [data-announce], #test-outcome [role=alert]").first.wait_for()

    return step


def _kubeconfig(plan: Plan, cluster: str, endpoint: str, token: str) -> str:
    authority = base64.b64encode(plan.certificate_authority(cluster).encode()).decode()
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": cluster,
            "clusters": [
                {"name": cluster, "cluster": {"server": endpoint, "certificate-authority-data": authority}},
            ],
            "users": [{"name": "portico", "user": {"token": token}}],
            "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": "portico"}}],
        },
        indent=1,
    )


def request_pages(tokens: dict[str, str]) -> Iterator[Shot]:
    """A request that waits, as its approver meets it: every tab, on paper, a word refused."""
    waiting = next((each for each in list_of(tokens, "requests/?page_size=200", "APPROVER") if _is_shown(each)), None)
    if waiting is None:
        return
    place = f"/requests/{waiting['id']}/"
    for tab in ("manifest", "checks", "activity"):
        yield Shot(f"request-waiting-{tab}", "approver", f"{place}{tab}/")
    yield Shot("request-waiting-sheet", "approver", place, on_paper)
    yield Shot("request-waiting-refused", "approver", place, rejecting_without_a_word)
    yield Shot("request-waiting-auditor", "auditor", place)
    yield Shot("request-waiting-platform", "platform", place)
    yield Shot("request-withdraw", "developer", f"{place}withdraw/")


def _is_shown(request: dict[str, str]) -> bool:
    return request["host"] == "manual.example.com" and request["state"] == "pending"
