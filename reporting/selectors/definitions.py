"""Which reports a council's framework has kept, who makes each, whose audits it is about, and who receives it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from audits.frameworks.schema import Framework
from audits.frameworks.schema.governance import FROZEN_KINDS, Forum, Report, ReportSection
from audits.models import Assessment
from qaf.lib import clock
from qaf.lib.calendar import add_months
from qaf.tenants.models import Person, Unit
from qaf.tenants.permissions import may, role_keys_of
from qaf.tenants.selectors import holders, holders_in_line, posts_on
from reporting.enums import ReportKind
from reporting.models import ReportSnapshot
from reporting.scopes import SCOPE_OF, Scope, scope_of
from reporting.selectors.programmes import theme_named, themes_between

MAKE, READ = "reporting.make_reports", "reporting.read_reports"


@dataclass(frozen=True)
class Definition:
    """One report as the framework has it; ``report`` is ``None`` for one that the product offers by itself."""

    kind: ReportKind
    report: Report | None = None

    @property
    def label(self) -> str:
        """The council's name for it."""
        return self.report.label.replace("'", "’") if self.report else self.kind.label

    @property
    def frequency(self) -> str:
        """How often it is made."""
        if self.report is not None:
            return self.report.frequency.value
        return "monthly" if self.kind == ReportKind.MONTHLY else "quarterly"

    @property
    def per(self) -> str:
        """Whose audits it is about: authority, service, auditor or theme."""
        return self.report.per if self.report else "authority"

    @property
    def sections(self) -> tuple[ReportSection, ...]:
        """The sections that the framework wants; empty: ours."""
        return self.report.made if self.report else ()

    @property
    def written(self) -> tuple[ReportSection, ...]:
        """The sections that somebody writes."""
        return self.report.written if self.report else ()


def definitions(framework: Framework) -> list[Definition]:
    """Return every report of the framework that is counted for a period and kept."""
    return [Definition(ReportKind(one.kind), one) for one in framework.reports if one.kind in FROZEN_KINDS]


def definition(framework: Framework, kind: str, scope: str = "") -> Definition:
    """Return the framework's report of this kind about these audits, or ours where it has none.

    Raises ``ValueError`` in words where neither offers one.
    """
    per = SCOPE_OF.get(scope_of(scope).kind, "authority") if scope else "authority"
    for one in definitions(framework):
        if one.kind == kind and one.per == per:
            return one
    if kind in (ReportKind.MONTHLY, ReportKind.QUARTERLY) and not scope:
        return Definition(ReportKind(kind))
    raise ValueError(f"The council’s framework has no report of the kind ‘{kind}’ about these audits.")


def makes(person: Person, framework: Framework, wanted: Definition, scope: str = "") -> bool:
    """Say whether somebody may make the report: who makes all of them, or whose role the framework names for it.

    A report on an auditor's own audits is that auditor's; one on a service is made by those whose post is for it.
    """
    if may(person, MAKE):
        return True
    if wanted.report is None or not _holds(person, framework, wanted.report.by):
        return False
    return not scope or scope in own_scopes(person, wanted)


def _holds(person: Person, framework: Framework, roles: Iterable[str]) -> bool:
    held = framework.with_groups(role_keys_of(person))
    return any(role in held for role in roles)


def own_scopes(person: Person, wanted: Definition) -> list[str]:
    """Return about whose audits somebody makes a report that is not about the whole council."""
    if wanted.per == "auditor":
        return [f"person-{person.pk}"]
    if wanted.per == "service":
        posts = posts_on(clock.today()).filter(person=person, unit__kind="service")
        return [f"service-{pk}" for pk in posts.order_by("unit__name").values_list("unit_id", flat=True)]
    if wanted.per == "theme":
        return every_scope(wanted)
    return [""]


def every_scope(wanted: Definition) -> list[str]:
    """Return about whose audits the report can be made by those who make all: a person's own is left to them."""
    if wanted.per == "service":
        units = Unit.objects.filter(kind="service", closed_on=None).order_by("name")
        return [f"service-{pk}" for pk in units.values_list("pk", flat=True)]
    if wanted.per == "theme":
        today = clock.today()
        return [f"theme-{one.pk}" for one in themes_between(add_months(today, -12), today)]
    return [""] if wanted.per == "authority" else []


def may_write_any(person: Person, framework: Framework) -> bool:
    """Say whether somebody makes any report at all."""
    if may(person, MAKE):
        return True
    held = framework.with_groups(role_keys_of(person))
    return any(one.report and held & set(one.report.by) for one in definitions(framework))


def titles(framework: Framework) -> Callable[[str, str], str]:
    """Return what names a kept report or draft: the council's own label, with whose audits it is about."""
    about: dict[str, str] = {}

    def name(kind: str, scope: str) -> str:
        try:
            label = definition(framework, kind, scope).label
        except ValueError:
            label = ReportKind(kind).label
        if scope and scope not in about:
            about[scope] = name_of(scope)
        return f"{label}: {about[scope]}" if scope else label

    return name


def reads(person: Person, snapshot: ReportSnapshot) -> bool:
    """Say whether somebody may read a report: who made it, who received it, who makes or reads the council's.

    What is about one person's audits is theirs, its receivers' and that of those who make every report.
    """
    if snapshot.made_by_id == person.pk or person.pk in snapshot.shared_with or may(person, MAKE):
        return True
    if scope_of(snapshot.scope).kind == Scope.PERSON:
        return False
    return may(person, READ)


def recipients(framework: Framework, wanted: Definition, scope: str, on: date) -> list[Person]:
    """Return whom the framework wants the report sent to: roles by name, and the members of its forums.

    A role hears of a service's or a person's report as the nearest to them in the line.
    """
    if wanted.report is None:
        return []
    whose = scope_of(scope)
    theme = theme_named(whose.pk) if whose.kind == Scope.THEME else None
    forums = {forum.key: forum for forum in framework.forums}
    unit = unit_of(scope)
    found: list[Person] = []
    for key in (*wanted.report.to, *(theme.recipients if theme else ())):
        if key in forums:
            found += members_of(framework, forums[key], on)
            continue
        keys = framework.role_keys(key)
        found += holders_in_line(unit, *keys, on=on) if unit else holders(*keys, on=on)
    return list(dict.fromkeys(found))


def members_of(framework: Framework, forum: Forum, on: date) -> list[Person]:
    """Return who sits in a forum by their post."""
    keys = frozenset[str]().union(*(framework.role_keys(role) for role in forum.members))
    return holders(*keys, on=on) if keys else []


def unit_of(scope: str) -> Unit | None:
    """Return the service or team that a report's audits belong to: its own, or that of its auditor's post."""
    whose = scope_of(scope)
    if whose.kind == Scope.SERVICE:
        return Unit.objects.filter(pk=whose.pk).first()
    if whose.kind != Scope.PERSON:
        return None
    posts = posts_on(clock.today()).filter(person=whose.pk, unit__isnull=False).select_related("unit__parent")
    post = posts.order_by("-starts_on").first()
    return post.unit if post else None


def name_of(scope: str) -> str:
    """Return whose audits a report is about, in words; empty for the whole council's."""
    whose = scope_of(scope)
    if whose.kind == Scope.SERVICE:
        return str(Unit.objects.filter(pk=whose.pk).values_list("name", flat=True).first() or "")
    if whose.kind == Scope.PERSON:
        return str(Person.objects.filter(pk=whose.pk).values_list("name", flat=True).first() or "")
    if whose.kind == Scope.THEME:
        theme = theme_named(whose.pk)
        return theme.title if theme else ""
    return ""


def audited_in(person: Person, starts: date, ends: date) -> bool:
    """Say whether somebody had audits of their own in these months."""
    rows = Assessment.objects.filter(
        assessor=person, audit__allocated_on__range=(starts, ends), audit__submitted_at__isnull=False
    )
    return rows.exclude(status="reassigned").exists()


def forums_for(framework: Framework, purpose: str) -> Iterator[Forum]:
    """Yield the framework's sessions of a purpose."""
    return (forum for forum in framework.forums if forum.purpose == purpose)
