"""Every outcome of a check in a plain sentence with the next step.

They are kept with their values and said in the reader's language later, so they are marked here, not translated.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from apps.common.sentences import gettext_noop as _n
from apps.domains.dns.asking import Outcome

Status = Literal["True", "False", "Unknown"]


class Wording(NamedTuple):
    """`message` may use %(name)s and %(at)s."""

    status: Status
    message: str
    hint: str


ASK_AGAIN = _n("Check again in a few minutes. Ask whoever runs the name servers if it lasts.")
SET_RECORD = _n("Set the record of the table at whoever keeps the domain's DNS, then check again.")
SEE_ZONE = _n("Ask whoever keeps the domain's DNS to look at its name servers.")
SEE_CHAIN = _n("Let the name point straight at the value in the table.")
SEE_RESOLVERS = _n("Ask whoever runs the portal to look at PORTICO_RESOLVERS.")

FAILURES: dict[Outcome, Wording] = {
    Outcome.NO_SUCH_NAME: Wording("False", _n("%(at)s does not exist in DNS."), SET_RECORD),
    Outcome.NO_ADDRESS: Wording("False", _n("%(at)s exists in DNS but has no address."), SET_RECORD),
    Outcome.SERVER_FAILS: Wording("False", _n("The name servers fail when they are asked for %(at)s."), SEE_ZONE),
    Outcome.REFUSED: Wording(
        "Unknown", _n("The name servers refuse to answer the portal about %(at)s."), SEE_RESOLVERS
    ),
    Outcome.LAME: Wording(
        "False", _n("The name servers that should know %(at)s do not answer for it (lame delegation)."), SEE_ZONE
    ),
    Outcome.SILENT: Wording("Unknown", _n("No name server answered in time about %(at)s."), ASK_AGAIN),
    Outcome.CUT: Wording(
        "Unknown",
        _n("The answer about %(at)s is cut off, and the name server does not send the whole of it over TCP."),
        _n("Ask whoever runs the name servers or the firewall to allow TCP on port 53."),
    ),
    Outcome.GARBLED: Wording("Unknown", _n("The name server's answer about %(at)s cannot be read."), ASK_AGAIN),
    Outcome.LOOP: Wording("False", _n("The CNAME records of %(name)s run in a circle at %(at)s."), SEE_CHAIN),
    Outcome.LONG_CHAIN: Wording("False", _n("%(name)s leads through too many CNAME records."), SEE_CHAIN),
    Outcome.INVALID: Wording("False", _n("%(name)s cannot be a name in DNS."), _n("Use a name like shop.example.com.")),
}

AT_ENTRY = Wording("True", _n("%(name)s resolves to the cluster's entry."), "")
AT_PART = Wording("True", _n("%(name)s resolves to the cluster's entry, but not to %(missing)s of it."), SET_RECORD)
WILDCARD_AT_PART = AT_PART._replace(status="False")
ELSEWHERE = Wording("False", _n("%(name)s resolves to %(found)s, which is not the cluster's entry."), SET_RECORD)
PARTLY_ELSEWHERE = Wording(
    "False",
    _n("%(name)s resolves to the cluster's entry and to %(strange)s, so some requests go elsewhere."),
    _n("Remove the records that are not in the table, then check again."),
)
NO_ENTRY = Wording(
    "Unknown",
    _n("The cluster has no entry address, so nobody can say where names should point."),
    _n("Ask a platform admin to state the entry in the cluster's settings."),
)
ENTRY_UNRESOLVED = Wording(
    "Unknown",
    _n("The cluster's entry %(entry)s does not resolve, so names cannot be compared with it."),
    _n("Ask a platform admin to look at the entry in the cluster's settings."),
)
IS_OFF = Wording("Unknown", _n("DNS is not asked, because the portal's name servers are switched off."), SEE_RESOLVERS)
NO_SERVERS = Wording("Unknown", _n("The portal knows no name server to ask."), SEE_RESOLVERS)
