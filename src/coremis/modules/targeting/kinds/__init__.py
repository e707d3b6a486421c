"""What each kind of stage needs to be set, and what it does with the list: one file for each kind."""

from collections.abc import Mapping

from coremis.modules.targeting.kinds import appeals, categorical, enumeration, listing, quota, scoring, validation
from coremis.modules.targeting.kinds.stagework import StageWork
from coremis.modules.targeting.models import Kind

KINDS: Mapping[str, StageWork] = {
    Kind.LISTING: listing.WORK,
    Kind.ENUMERATION: enumeration.WORK,
    Kind.SCORING: scoring.WORK,
    Kind.CATEGORICAL: categorical.WORK,
    Kind.QUOTA: quota.WORK,
    Kind.VALIDATION: validation.WORK,
    Kind.APPEALS: appeals.WORK,
}
