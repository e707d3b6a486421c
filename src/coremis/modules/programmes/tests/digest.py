"""A digest of what a programme's beneficiaries and their history hold, without what differs between runs."""

import hashlib
import json

from django.core.serializers.json import DjangoJSONEncoder

from coremis.kernel.actions.models import Change
from coremis.modules.programmes.models import Enrolment, GroupChange

HELD = (
    "household_id", "person_id", "area_id", "status", "status_since", "status_reason", "status_note", "set_by_hand",
    "enrolled_on", "version",
)  # fmt: skip
DECIDED = ("what", "area_id", "area_ids", "condition", "from_status", "to_status", "reason", "note", "state", "count")


def digest_of(programme):
    """One text for one programme, those in preparation included."""
    enrolments = dict(Enrolment._base_manager.filter(programme=programme).values_list("pk", "household_id"))
    about = Change.objects.filter(kind=Enrolment.kind()).values_list("record_id", "area_id", "before")
    changes = [(enrolments[key], area, before) for key, area, before in about.iterator(chunk_size=5000) if key in enrolments]
    content = [
        sorted(Enrolment._base_manager.filter(programme=programme).values_list(*HELD), key=str),
        sorted(changes, key=str),
        list(GroupChange.objects.filter(programme=programme).order_by("pk").values_list(*DECIDED)),
    ]
    return hashlib.sha256(json.dumps(content, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()
