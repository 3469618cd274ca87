"""What the kitchen sink shows: invented, and every state of every part."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from qaf.lib import clock
from qaf.ui import charts, forms
from qaf.ui.shell import Link, Shell

GRADES = [
    ("outstanding", "Outstanding"),
    ("good", "Good"),
    ("requires_improvement", "Requires improvement"),
    ("inadequate", "Inadequate"),
]
RANKED = {key: (key, label, rank) for rank, (key, label) in enumerate(GRADES, 1)}
DESCRIPTORS = {
    "outstanding": "The child’s day-to-day life is plain from the record, and it changed what was done.",
    "good": "The child is seen, heard and understood; the record shows how.",
    "requires_improvement": "The child is seen, but their words rarely shape the plan.",
    "inadequate": "The record does not show what life is like for this child.",
}


class KitForm(forms.Form):
    """One field of every kind."""

    title = forms.CharField(label="Title of the finding", max_length=60)
    strengths = forms.CharField(
        label="Strengths", widget=forms.Textarea, help_text="What helped the child, and how you know."
    )
    grade = forms.ChoiceField(
        label="Grade for this domain", choices=[*GRADES, ("na", "Not applicable")], widget=forms.RadioSelect
    )
    why_not = forms.CharField(label="Why does this domain not apply?", required=False)
    spoken = forms.YesNoField(label="Did you speak to the family?")
    on = forms.DateField(
        label="When did you speak?",
        noun="the date you spoke",
        past=True,
        required=False,
        help_text="For example, 27 3 2026",
    )
    team = forms.ChoiceField(
        label="Team", choices=[("", "---------"), ("rowan", "Rowan team"), ("alder", "Alder team")]
    )
    people = forms.MultipleChoiceField(
        label="Who was spoken to",
        choices=[("mother", "Mother"), ("father", "Father"), ("child", "Child")],
        widget=forms.CheckboxSelectMultiple,
    )
    hours = forms.IntegerField(label="Hours spent", required=False)
    file = forms.FileField(
        label="The case list",
        required=False,
        help_text="An Annex A workbook (XLSX or XLS), or its lists as CSV files.",
    )
    sure = forms.BooleanField(label="I have read the whole record")

    govuk = {
        "grade": {"item_hints": DESCRIPTORS, "conditional": {"na": "why_not"}, "divider": {"na": "or"}},
        "spoken": {"inline": True},
        "hours": {"width": 3, "suffix": "hours"},
        "strengths": {"rows": 6},
        "team": {"width": 20},
    }


class FilterForm(forms.Form):
    """The form a filter set would have."""

    service = forms.MultipleChoiceField(
        label="Service",
        choices=[("help", "Early help"), ("cin", "Child in need")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    team = forms.ChoiceField(label="Team", choices=[("", "Any"), ("rowan", "Rowan team")], required=False)
    govuk = {"service": {"small": True}}


class _FilterSet:
    def __init__(self, form: forms.Form) -> None:
        self.form = form


def context(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the kitchen sink; ``?errors`` shows the form in error, ``?empty`` the empty states."""
    full = "empty" not in request.GET
    today = clock.today()
    people = [
        {"ref": f"KIT-2026-{n:04}", "lead": "Ash Rowan", "due": today + timedelta(days=n - 3), "hours": n * 3}
        for n in range(1, 41)
    ]
    return {
        "shell": _shell(),
        "form": KitForm(request.GET) if "errors" in request.GET else KitForm(),
        "filterset": _FilterSet(FilterForm(request.GET or None, prefix="f")),
        "page_obj": Paginator(people, 5).get_page(request.GET.get("page")),
        "now": clock.now(),
        "subnav": [
            {"text": "Overview", "href": "#", "active": True},
            {"text": "Cases", "href": "#", "count": 24},
            {"text": "Receipt", "href": "#"},
        ],
        "figures": _figures(),
        "todo": _todo() if full else [],
        "tasks": _tasks(),
        "rows": [
            {"key": "Child’s record", "value": "000417"},
            {
                "key": "Lead auditor",
                "value": "Ash Rowan\nRowan team",
                "href": "#",
                "hidden": "the lead auditor",
            },
            {"key": "Family contact", "value": ""},
        ],
        "timeline": [
            {"title": "Grades revealed", "at": clock.now(), "by": "Ash Rowan and Hazel Finch"},
            {
                "title": "Allocated",
                "at": today - timedelta(days=20),
                "by": "Wren Holloway",
                "text": "Lead auditor Ash Rowan, peer Hazel Finch.",
            },
        ],
        "progress": {
            "label": "Reading the case list",
            "done": 4200,
            "total": 14000,
            "finished": "poll" not in request.GET,
        },
        "grade_columns": ["Lead auditor", "Peer auditor"],
        "grade_rows": [
            {"label": "Voice of the child", "cells": [RANKED["good"], RANKED["good"]]},
            {
                "label": "Assessment and planning",
                "cells": [RANKED["outstanding"], RANKED["requires_improvement"]],
                "differs": True,
            },
            {"label": "Management oversight", "cells": [RANKED["inadequate"], None]},
            {
                "label": "Overall",
                "cells": [RANKED["good"], RANKED["requires_improvement"]],
                "differs": True,
                "overall": True,
            },
        ],
        "text_rows": [{"label": "Strengths", "cells": ["Seen alone at every visit.", ""], "differs": True}],
        "descriptors": [(RANKED[key], text) for key, text in DESCRIPTORS.items()],
        "charts": _charts(),
    }


def _shell() -> Shell:
    return Shell(
        council_name="Kitshire County Council",
        council_colour="#b4532a",
        menu=[
            Link("To do", "#", active=True, count=3),
            Link("This month", "#"),
            Link("Case list", "#"),
            Link("Actions", "#"),
            Link("Reports", "#"),
        ],
        account_name="Wren Holloway",
        account_post="QA lead",
        account_links=[Link("Your details", "#"), Link("Signing in", "#")],
        switch_url="#",
        sign_out_url="#",
        notices_url="#",
        notices_unread=2,
        demo=True,
    )


def _figures() -> list[dict[str, Any]]:
    return [
        {"label": "Audits this month", "value": 24, "note": "9 submitted by both auditors", "href": "#"},
        {"label": "Late", "value": 3, "note": "oldest by 6 working days", "href": "#", "tone": "late"},
        {
            "label": "Waiting for moderation",
            "value": 4,
            "note": "2 panels booked",
            "href": "#",
            "tone": "soon",
        },
        {"label": "Good or better", "value": "62%", "note": "13 of 21; November is not yet final"},
    ]


def _todo() -> list[dict[str, Any]]:
    today = clock.today()
    return [
        {
            "title": "Finish your audit of KIT-2026-0007",
            "href": "#",
            "due": today - timedelta(days=6),
            "context": "You are the lead auditor. Four of six domains are graded.",
        },
        {
            "title": "Moderate KIT-2026-0003",
            "href": "#",
            "due": today + timedelta(days=2),
            "context": "The overall grade and two domains differ.",
            "tag": ("Moderation", "purple"),
        },
        {
            "title": "Record your supervision with Linnet Marsh",
            "href": "#",
            "due": today + timedelta(days=12),
        },
    ]


def _tasks() -> list[dict[str, Any]]:
    return [
        {"title": "Voice of the child", "href": "#", "status": "Completed"},
        {
            "title": "Assessment and planning",
            "href": "#",
            "status": "In progress",
            "tone": "blue",
            "hint": "Grade missing",
        },
        {"title": "Management oversight", "href": "#", "status": "Not started", "tone": "grey"},
        {"title": "Lock your grades", "status": "Cannot start yet"},
    ]


def _charts() -> list[charts.Chart]:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    shares = [
        (9, 20),
        (10, 21),
        (8, 19),
        (2, 4),
        (11, 20),
        (12, 22),
        (11, 19),
        (0, 0),
        (13, 21),
        (14, 22),
        (13, 20),
        (7, 10),
    ]
    points = [
        charts.Point(f"{month} 2026", part, whole, final=month != "Dec")
        for month, (part, whole) in zip(months, shares, strict=True)
    ]
    team = [
        charts.Point(point.label, (point.part or 0) // 3, (point.whole or 0) // 3, final=point.final)
        for point in points
    ]
    return [
        charts.stacked(
            title="Overall grades by team, December 2026",
            first_column="Team",
            series=[*GRADES, ("na", "Not applicable")],
            muted={"na"},
            groups=[
                charts.Group("Rowan team", (1, 6, 3, 0, 0)),
                charts.Group("Alder team", (0, 4, 4, 2, 1)),
                charts.Group("Hawthorn team", (0, 1, 2, 0, 0)),
                charts.Group("Linden team", (0,) * 5),
            ],
        ),
        charts.trend(title="Audits graded good or better overall", points=points),
        charts.trend(
            title="Good or better: council and team",
            lines=[charts.Line("Council", points), charts.Line("Rowan team", team)],
        ),
        charts.bars(
            title="Themes of the quarter",
            bars=[
                charts.Bar("Recording of management oversight", 14),
                charts.Bar("Words of the child", 9),
                charts.Bar("Chronology", 1),
            ],
            unit="audits",
        ),
    ]
