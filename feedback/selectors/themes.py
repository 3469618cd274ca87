"""The themes that can be heard in what families say."""

from audits.frameworks.schema import Framework

DEFAULT_THEMES = {
    "listened_to": "Being listened to",
    "relationship": "Relationship with the worker",
    "change_of_worker": "Changes of worker",
    "understanding": "Knowing what happens and why",
    "plan": "Having a part in the plan",
    "help": "Help that made a difference",
    "waiting": "Waiting and delay",
    "respect": "Respect for who the family is",
    "agencies": "Agencies working together",
    "something_else": "Something else",
}
"""Used where the council's framework lists none of its own."""


def theme_labels(framework: Framework) -> dict[str, str]:
    """Return the framework's themes by key, or a sensible list where it has none."""
    feedback = framework.process.family_feedback
    own = {theme.key: theme.label for theme in feedback.themes} if feedback else {}
    return own or dict(DEFAULT_THEMES)
