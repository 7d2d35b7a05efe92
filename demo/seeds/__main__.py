"""`python -m demo.seeds base [KUBECONFIG]` before the product starts, `python -m demo.seeds life` once it runs.

`python -m demo.seeds crowd` adds what pictures of full, empty and broken pages need; the demo itself stays small.
"""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.conf import settings


def main(step: str, *own_clusters: str) -> None:
    django.setup()
    # Their models are only there after the setup.
    from demo.plan import Plan
    from demo.seeds import base, crowd, life, states

    plan = Plan.load(settings.STATE_DIR)
    if step == "life":
        life.seed(plan)
    elif step == "crowd":
        states.seed(plan)
        crowd.seed(plan)
    else:
        base.seed(plan, [Path(each) for each in own_clusters])


if __name__ == "__main__":
    main(*sys.argv[1:])
