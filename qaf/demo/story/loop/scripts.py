"""The script of one audit under any framework: what its auditors think, and when they get round to it."""

from datetime import date

from audits.models import Audit
from qaf.demo.story.casting import Script, days_for, script_for, squeeze, worsen
from qaf.demo.world.grades import Practice

# The steps in the order in which they happen.
PREPARE, BEGIN, LOCK, TALK, SUBMIT = range(5)
ALL_STEPS = SUBMIT + 1

# Working days after allocation at which each step usually begins, and how far it may spread.
USUAL = {PREPARE: (1, 3), BEGIN: (3, 4), LOCK: (6, 5), TALK: (8, 6), SUBMIT: (10, 6)}

# Where the audits of the present month stand today: the first step not done yet.
PLACES = (ALL_STEPS, TALK, ALL_STEPS, LOCK, PREPARE, ALL_STEPS, SUBMIT, BEGIN, ALL_STEPS, LOCK, TALK, BEGIN)


def write_script(audit: Audit, practice: Practice, month: int, domains: list[str], used: set[str]) -> Script:
    """Write the script of a freshly allocated audit; ``used`` keeps its sentences apart from all others'."""
    script = script_for(audit, practice, month, domains, used)
    script.days = days_for(script.rng, audit.allocated_on, USUAL, TALK)
    script.stop = ALL_STEPS
    return script


def set_the_scene(scripts: list[Script], today: date) -> None:
    """Stop the audits of the present month at different places, so that everybody finds something to do."""
    for number, script in enumerate(scripts):
        script.stop = PLACES[number % len(PLACES)]
        if number == 0:
            script.verdict = worsen(script.verdict)
        script.days = squeeze(script.days, script.audit.allocated_on, today, script.stop)
