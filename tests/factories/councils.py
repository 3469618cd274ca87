"""A council with at least one row in every table, for tests that walk over everything."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from audits.frameworks.selectors import framework_of
from audits.frameworks.services import keep_in_step
from audits.models import Audit, CaseChoice, Cycle, Theme, ThemedProgramme
from audits.services.findings import propose_audit_action
from moderation.models import Moderation
from moderation.services.disputes import raise_dispute
from qaf.lib import clock
from qaf.tenants.models import Authority, Person, TenantModel
from qaf.tenants.permissions import declared
from reporting.services.freezing import freeze, save_draft
from tests.factories import assessments as made
from tests.factories import moderation as decided
from tests.factories.people import make_person, make_role

# What may not become a canary: keys that other rows are found by, and what a check of the database reads.
KEPT = {"password", "period", "checksum", "seed", "colour", "form_key", "method"}
CANARY = "Qanarybird"
# The receipt of a draw of nobody.
RECEIPT: dict[str, Any] = {
    "method": "none",
    "drawn_on": "2026-10-01",
    "seed": "seed",
    "population_hash": "0",
    "population": 0,
    "outside": 0,
    "rule": {"words": [], "sizes": {}, "stratify_by": [], "caps": {}, "audited_within_months": 6},
    "services": [],
    "drawn": [],
    "excluded": [],
}


@dataclass
class WholeCouncil:
    """The people of a council by what they are to the audits, and the audit that has come furthest."""

    authority: Authority
    people: dict[str, Person]
    final: Audit


def tenant_models() -> list[type[TenantModel]]:
    """Every table of a council."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def whole_council(authority: Authority) -> WholeCouncil:
    """Fill the open scope of ``authority``: audits at every stage with their cast, and a row in every other table."""
    cast = made.make_cast(signs_in=True)
    keep_in_step()
    seniors = decided.make_seniors(cast, signs_in=True)
    month = decided.make_month(cast)
    month.receipt = RECEIPT
    month.save(update_fields=["receipt"])
    _begun(decided.make_audit_of_month(cast, month, local_id="0000001"))
    in_moderation = decided.make_audit_of_month(cast, month, local_id="0000002")
    made.submit_both(in_moderation, "good", "requires_improvement")
    final = decided.make_audit_of_month(cast, month, local_id="0000003")
    _made_final(final, cast)
    raise_dispute(key="practice", text="The visit is three weeks late.", case=final.case, person=cast.ivor)
    everything = make_role("everything", *declared())
    people = {
        "lead": cast.lena,
        "peer": cast.petra,
        "worker": cast.wyn,
        "chair": cast.ivor,
        "service_manager": cast.sam,
        "qa_lead": cast.quinn,
        "other_manager": cast.stranger,
        "head_of_service": seniors.hetty,
        "moderator": seniors.mona,
        "administrator": make_person("Ada Admin", "authority_administrator", signs_in=True),
        "everything": make_person("Evi Everything", everything.key, signs_in=True),
    }
    freeze(kind="quarterly", label="2026-Q4", person=seniors.mona)
    save_draft(kind="quarterly", label="2026-Q4", commentary={}, chosen=[], version=0, person=seniors.mona)
    _chosen_cases_and_a_programme(final, month, cast)
    fill_empty_tables()
    return WholeCouncil(authority, people, final)


def _begun(audit: Audit) -> None:
    made.fill(made.assessment_of(audit, "lead"), "good")


def _made_final(audit: Audit, cast: made.Cast) -> None:
    made.reveal(audit, "inadequate", "good")
    propose_audit_action(
        assessment=made.assessment_of(audit, "peer"),
        text="Bring the father into the plan",
        intended_change="Both parents keep her safe",
        owner=cast.wyn,
        due_on=clock.today() + timedelta(days=30),
        person=cast.petra,
    )
    made.talk_with_worker(audit)
    made.settle_family(audit)
    made.submit(audit, "lead")
    made.submit(audit, "peer")
    moderation = Moderation.objects.get(audit=audit)
    if moderation.moderator is None:
        moderation.moderator = Person.objects.get(name="Mona Manager")
        moderation.status = "allocated"
        moderation.save()
    decided.decide_all(moderation, "inadequate")


def _chosen_cases_and_a_programme(audit: Audit, month: Cycle, cast: made.Cast) -> None:
    """Add what other frameworks ask for: a case that its auditor chose, one on a list, and a theme's programme."""
    for number, method in enumerate(("auditor_choice", "named_post"), 1):
        CaseChoice.objects.create(
            cycle=month,
            auditor=cast.lena,
            role="team_manager",
            number=number,
            method=method,
            status="chosen",
            case=audit.case,
            reason="A practitioner asked for it",
            choose_by=clock.today(),
        )
    theme = Theme.objects.create(
        title="Fathers in plans",
        question="Do plans say what fathers will do?",
        reason="figure",
        reason_label="A figure of performance",
        triggered_by="Fewer fathers came to meetings",
        chosen_at=clock.now(),
    )
    ThemedProgramme.objects.create(
        theme=theme,
        framework_version=month.framework_version,
        tool=framework_of(month.framework_version).main_tool.key,
        starts_on=clock.today(),
        ends_on=clock.today() + timedelta(days=30),
        size=5,
        seed="seed",
    )


def fill_empty_tables() -> None:
    """Give every table that has no row yet one, whatever its meaning: the first choice, today, a word."""
    empty = [model for model in tenant_models() if not model._default_manager.exists()]
    for _ in range(4):
        empty = [model for model in empty if not _filled(model)]
    assert empty == [], f"give the factory a way to fill {empty}"


def _filled(model: type[TenantModel]) -> bool:
    values: dict[str, Any] = {}
    # Whoever may do everything anyway: a row of no meaning opens no page to anybody else.
    everything = Person.objects.filter(name="Evi Everything").first()
    for field in model._meta.local_fields:
        if field.primary_key or field.name == "authority" or getattr(field, "auto_now_add", False):
            continue
        if isinstance(field, models.ForeignKey):
            found = field.related_model._default_manager.first()  # type: ignore[union-attr]
            if field.related_model is Person:
                found = everything or found
            if found is None and not field.null:
                return False
            values[field.attname] = found.pk if found and field.related_model is not model else None
        elif not field.has_default() and not field.null:
            values[field.attname] = _any_value(field)
    for variant in _variants(model, values):
        try:
            with transaction.atomic():
                model._default_manager.create(**variant)
        except IntegrityError:
            continue
        return True
    return False


def _variants(model: type[TenantModel], values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the row, then the row without each key that it may go without: a check may want one of two."""
    yield values
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey) and field.null and values.get(field.attname):
            yield values | {field.attname: None}
    optional = {
        field.attname: None
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.null
    }
    yield values | optional


def _any_value(field: models.Field) -> Any:
    if field.choices:
        return field.choices[0][0]
    if field.name == "period" and isinstance(field, models.CharField):
        return "2026-10"
    values: dict[type[models.Field], Any] = {
        models.DateTimeField: clock.now(),
        models.DateField: clock.today(),
        models.JSONField: {},
        models.BinaryField: b"x",
        models.BooleanField: True,
        models.TextField: "word",
        models.CharField: "word",
    }
    return next((value for kind, value in values.items() if isinstance(field, kind)), 1)


def put_canaries() -> int:
    """Put a canary into every text of the open council that may hold one; return into how many.

    Choices, keys, empty texts and rows that the database refuses to change keep their value: the others tell.
    """
    put = 0
    for model in tenant_models():
        fields = [field for field in model._meta.local_fields if _may_sing(field)]
        if model.immutable or not fields:
            continue
        for row in model._default_manager.all():
            values = {field.attname: f"{CANARY}{row.pk}" for field in fields if getattr(row, field.attname)}
            if values:
                model._default_manager.filter(pk=row.pk).update(**values)
            put += len(values)
    return put


def _may_sing(field: models.Field) -> bool:
    if field.name in KEPT or field.choices:
        return False
    if isinstance(field, models.EmailField):
        return False
    return isinstance(field, models.TextField) or (
        isinstance(field, models.CharField) and (field.max_length or 0) >= len(CANARY) + 6
    )
