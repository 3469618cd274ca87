"""The closed lists a framework file may choose from, with their words. Pure: imports nothing of Django."""

from enum import StrEnum

NOT_APPLICABLE = "not_applicable"
"""What stands for a domain that was not graded; never the key of a grade."""
CHECKLIST = "checklist"
"""What a tool's questions are kept under, beside its domains; never the key of a domain."""


class Worded(StrEnum):
    """A closed list whose members carry the words people read."""

    label: str

    def __new__(cls, value: str, label: str) -> "Worded":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class CaseStatus(Worded):
    """Where a child stands with children's services; every council's case list is mapped to these seven."""

    EARLY_HELP = "early_help", "Early help"
    FRONT_DOOR = "front_door", "Front door"
    OPEN_ASSESSMENT = "open_assessment", "Open assessment"
    CHILD_IN_NEED = "child_in_need", "Child in need"
    CHILD_PROTECTION = "child_protection", "Child protection"
    LOOKED_AFTER = "looked_after", "Looked after"
    CARE_LEAVER = "care_leaver", "Care leaver"


class Level(Worded):
    """How far a role reaches: whose child, worker or team makes a role-holder the right one."""

    CASE = "case", "the child they work with"
    TEAM = "team", "their team"
    SERVICE = "service", "their service"
    AUTHORITY = "authority", "the whole council"
    EXTERNAL = "external", "outside the council"


class Capability(Worded):
    """What a role may do in the product. Who audits which case is decided by a slot's eligibility, not here."""

    ADMINISTER = "administer", "manage people, teams and settings"
    EDIT_FRAMEWORK = "edit_framework", "edit and publish the framework"
    IMPORT_CASES = "import_cases", "bring in the case list"
    RUN_CYCLE = "run_cycle", "draw the sample, allocate and chase audits"
    APPROVE_EXCLUSIONS = "approve_exclusions", "approve leaving a case out and replacing one"
    TAKE_PART = "take_part", "take part in audits of their own work"
    AUDIT = "audit", "carry out audits"
    MODERATE = "moderate", "moderate audits"
    SEE_ALL = "see_all", "see every case, audit, action and concern"
    OVERSEE = "oversee", "oversee and comment on inadequate audits"
    REVIEW = "review", "carry out follow-up reviews"
    RE_AUDIT = "re_audit", "audit a case again"
    OWN_ACTIONS = "own_actions", "own actions"
    SIGN_OFF_ACTIONS = "sign_off_actions", "sign off actions"
    TRACK_ACTIONS = "track_actions", "follow all actions to completion"
    SUPERVISE = "supervise", "record supervision"
    PLACE_ON_RECORD = "place_on_record", "place the audit on the child's record"
    ANSWER_CONCERNS = "answer_concerns", "answer urgent concerns"
    SEE_RESTRICTED = "see_restricted", "see restricted records"
    SEE_DASHBOARD = "see_dashboard", "see figures for the part of the council they answer for"
    WRITE_REPORTS = "write_reports", "make and publish reports"
    READ_REPORTS = "read_reports", "read published reports"
    COLLECT_FEEDBACK = "collect_feedback", "collect feedback from families"
    RAISE_CHALLENGE = "raise_challenge", "raise a challenge about practice"


class Anchor(Worded):
    """A moment that a date can be counted from."""

    ALLOCATION = "allocation", "the case is allocated"
    AUDIT_SUBMITTED = "audit_submitted", "the audit is submitted"
    AUDIT_COMPLETED = "audit_completed", "the audit is completed"  # every auditor who must submit has done so
    AUDIT_FINALISED = "audit_finalised", "the outcome is final"
    MODERATION_OPENED = "moderation_opened", "moderation is opened"
    MODERATION_DECIDED = "moderation_decided", "moderation is decided"
    AUDIT_MONTH_END = "audit_month_end", "the audit month ends"
    PERIOD_END = "period_end", "the period ends"
    ACTION_AGREED = "action_agreed", "the action is agreed"
    CONCERN_RAISED = "concern_raised", "the concern is raised"
    TASK_OPENED = "task_opened", "the task is opened"
    DISPUTE_RAISED = "dispute_raised", "the dispute reaches this step"
    CONTACT_MADE = "contact_made", "contact is made"


class Occurrence(Worded):
    """What happens in the product that a consequence may follow."""

    AUDIT_SUBMITTED = "audit_submitted", "an auditor submits"
    AUDIT_FINALISED = "audit_finalised", "the outcome of an audit becomes final"
    AUDIT_MODERATED = "audit_moderated", "an audit has been moderated"
    CONCERN_FLAGGED = "concern_flagged", "a safeguarding concern is marked"
    PROVIDER_JUDGED = "provider_judged", "a provider is judged inadequate"


class Origin(Worded):
    """How a case came to be audited; only random origins count in trends."""

    RANDOM = "random", "drawn at random"
    THEME = "theme", "drawn at random within the month's theme"
    NOMINATED = "nominated", "nominated as good practice"
    AD_HOC = "ad_hoc", "asked for at short notice"
    NAMED_POST = "named_post", "chosen by a named post"
    AUDITOR_CHOICE = "auditor_choice", "chosen by the auditor"
    RE_AUDIT = "re_audit", "audited again after an earlier audit"

    @property
    def counts_in_trends(self) -> bool:
        """Whether audits of this origin may stand in a trend: only those that chance chose."""
        return self in (Origin.RANDOM, Origin.THEME)


class Relation(Worded):
    """Someone known from the child's record at the time, whoever holds the post."""

    ALLOCATED_WORKER = "allocated_worker", "the allocated worker"
    TEAM_MANAGER = "team_manager", "the team manager responsible for the case"
    LINE_MANAGER = "line_manager", "the allocated worker's line manager"
    SERVICE_MANAGER = "service_manager", "the service manager of the case"
    IRO_OR_CHAIR = "iro_or_chair", "the independent reviewing officer or conference chair"
    FAMILY = "family", "the family"
    CASE_MANAGERS = "case_managers", "the managers of the case"
    AUDITORS = "auditors", "the auditors"
    MODERATOR = "moderator", "the moderator"


class Frequency(Worded):
    """How often something of the framework comes round."""

    LIVE = "live", "at any time"
    WEEKLY = "weekly", "every week"
    FORTNIGHTLY = "fortnightly", "every two weeks"
    FOUR_WEEKLY = "four_weekly", "every four weeks"
    MONTHLY = "monthly", "every month"
    SIX_WEEKLY = "six_weekly", "every six weeks"
    TWO_MONTHLY = "two_monthly", "every two months"
    QUARTERLY = "quarterly", "every quarter"
    TWICE_A_YEAR = "twice_a_year", "twice a year"
    ANNUAL = "annual", "every year"
    ONCE = "once", "once"
    PER_EVENT = "per_event", "whenever it happens"
    PER_SCHEDULE = "per_schedule", "as its schedule says"
    AD_HOC = "ad_hoc", "when asked for"
    EXTERNAL = "external", "when others set the date"
    CONTINUOUS = "continuous", "all the time"


class NonWorkingDay(Worded):
    """What becomes of a date that falls on a weekend or a bank holiday in England."""

    KEEP = "keep", "stays where it is"
    PREVIOUS = "previous", "moves back to the working day before"
    NEXT = "next", "moves on to the next working day"


class Strand(Worded):
    """The strands of evidence that reports are read by."""

    AUDIT = "audit", "Case audit"
    FEEDBACK = "feedback", "Feedback"
    INDICATORS = "indicators", "Performance indicators"
    OBSERVATION = "observation", "Observed practice"
    IMPROVEMENT = "improvement", "Practice improvement"
    OVERSIGHT = "oversight", "Independent and leadership oversight"
