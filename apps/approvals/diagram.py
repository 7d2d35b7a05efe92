"""The state diagram of a request as Markdown, made from the transition table so that the two cannot differ."""

from __future__ import annotations

from apps.approvals.enums import OPEN_STATES, TRANSITIONS, RequestState

HEADER = """# States of a change request

Generated from `apps/approvals/enums.py` by `manage.py request_states`; do not edit.

```mermaid
stateDiagram-v2
    [*] --> draft
"""


def render_diagram() -> str:
    """A Mermaid diagram and a table with one row per arrow."""
    arrows = sorted((str(before), str(verb), str(after)) for (before, verb), after in TRANSITIONS.items())
    ends = sorted(str(state) for state in RequestState if not any(arrow[0] == state for arrow in arrows))
    lines = [f"    {before} --> {after}: {verb}" for before, verb, after in arrows]
    lines += [f"    {state} --> [*]" for state in ends]
    table = [f"| {before} | {verb} | {after} |" for before, verb, after in arrows]
    still_open = ", ".join(f"`{state}`" for state in sorted(OPEN_STATES))
    return (
        HEADER
        + "\n".join(lines)
        + "\n```\n\n| from | verb | to |\n| --- | --- | --- |\n"
        + "\n".join(table)
        + f"\n\nOpen, so at most one of them per exposure: {still_open}.\n"
    )
