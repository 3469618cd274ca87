"""What a rule may do fits what happens: a provider that is judged has no audit, and only its scrutiny follows."""

from collections.abc import Iterator

from audits.frameworks.checks.sense import Found, needs
from audits.frameworks.enums import Occurrence
from audits.frameworks.problems import Path
from audits.frameworks.schema.framework import Framework
from audits.frameworks.vocabulary.effects import ScrutiniseProvider


@needs("consequences")
def scrutiny_follows_a_judgement(framework: Framework) -> Iterator[Found]:
    """Scrutiny of a provider stands in rules about a provider that is judged, alone and without conditions."""
    allowed = ScrutiniseProvider.title
    for number, rule in enumerate(framework.consequences):
        judged = rule.when == Occurrence.PROVIDER_JUDGED
        if judged and rule.conditions:
            yield (
                ("consequences", number, "conditions"),
                "conditions on an audit say nothing of a provider",
                rule.key,
                "no conditions",
            )
        for place, effect in enumerate(rule.effects):
            if isinstance(effect, ScrutiniseProvider) != judged:
                where: Path = ("consequences", number, "effects", place)
                only = allowed if judged else f"where {Occurrence.PROVIDER_JUDGED.label}"
                yield where, f"does not follow when {rule.when.label}", effect.kind, only
