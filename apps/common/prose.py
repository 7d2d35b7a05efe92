"""What people write for other people to read: reasons and comments.

An approver must see what was written. Control characters drive terminals and break files that are made of the text, and
marks that turn the direction of text around show another sentence than the one that is stored (CVE-2021-42574).
"""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# C0 but tab and line ends (NUL is refused by itself), delete, C1; embeddings, overrides and isolates of the
# bidirectional algorithm (UAX #9).
UNSEEN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def check_prose(text: str) -> None:
    """A validator of forms and serializers. Raises ValidationError naming the first character that has to go."""
    found = UNSEEN.search(text)
    if found:
        facts = {"code": f"U+{ord(found.group()):04X}", "position": found.start() + 1}
        message = _("Remove the invisible character %(code)s at position %(position)s.") % facts
        raise ValidationError(message, code="control_character")
