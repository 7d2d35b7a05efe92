"""One API token for each person, written where scripts can source it."""

from __future__ import annotations

from apps.accounts.enums import Scope
from apps.accounts.services.tokens import authenticate_token, create_token
from demo.folder import write_private
from demo.plan import HOST, Plan
from demo.seeds.people import PEOPLE, user

PREFIX = "PORTICO_TOKEN_"
DAYS = 365


def seed(plan: Plan) -> None:
    """Keep the tokens that still work, replace the others."""
    known = _read(plan)
    lines = {"PORTICO_URL": plan.url}
    for person in PEOPLE:
        name = PREFIX + person.username.upper()
        lines[name] = _living(known.get(name, "")) or _new(person.username)
    write_private(plan.tokens_file, "".join(f"{name}={value}\n" for name, value in lines.items()))


def _read(plan: Plan) -> dict[str, str]:
    if not plan.tokens_file.exists():
        return {}
    pairs = (line.partition("=") for line in plan.tokens_file.read_text().splitlines())
    return {name: value for name, _equals, value in pairs}


def _living(plaintext: str) -> str:
    return plaintext if plaintext and authenticate_token(plaintext, HOST) else ""


def _new(username: str) -> str:
    _token, plaintext = create_token(by=user(username), name="demo", scopes=Scope.values, expires_in_days=DAYS)
    return plaintext
