"""The faces of a frozen report: page, PDF, spreadsheet, JSON. None of them counts anything."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from qaf.ui import pdf
from reporting.enums import Commentary, ReportKind
from reporting.models import ReportSnapshot
from reporting.services.figures.model import ChartBlock, Figure, Section, Table, Tiles, Words, from_data
from reporting.services.spreadsheet import workbook

LABELS = dict(Commentary.choices)


@dataclass(frozen=True)
class Chapter:
    """A section with what a person wrote in it."""

    section: Section
    heading: str
    written: str


@dataclass(frozen=True)
class Report:
    """A report as its faces show it, frozen or still a draft."""

    kind: str
    title: str
    council: str
    period: str
    starts: date
    ends: date
    as_of: date
    framework: str
    population: list[str]
    headline: list[str]
    months: list[dict[str, Any]]
    sections: list[Section]
    commentary: dict[str, str]
    edition: int = 0
    checksum: str = ""
    made_by: str = ""

    @property
    def not_final(self) -> list[dict[str, Any]]:
        """The months whose figures may still change."""
        return [month for month in self.months if month["audits"] and not month["final"]]

    @property
    def chapters(self) -> list[Chapter]:
        """Every section with its commentary."""
        return [
            Chapter(
                one,
                one.heading or (Commentary(one.commentary).label if one.commentary in LABELS else ""),
                self.written(one.commentary) if one.commentary else "",
            )
            for one in self.sections
        ]

    @property
    def figures(self) -> Iterator[tuple[Section, Figure]]:
        """Every figure with its section."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Tiles):
                    for figure in block.figures:
                        yield section, figure

    @property
    def defined(self) -> list[Figure]:
        """Every figure once, for the list of definitions."""
        return list({figure.key: figure for _, figure in self.figures}.values())

    @property
    def tables(self) -> Iterator[tuple[Section, Table | ChartBlock]]:
        """Every table and chart with its section."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Table | ChartBlock):
                    yield section, block

    @property
    def texts(self) -> Iterator[Words]:
        """What people wrote elsewhere and the report carries."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Words):
                    yield block

    def heading_of(self, key: str) -> str:
        """The heading over what a person wrote."""
        own = (section.heading or section.title for section in self.sections if section.commentary == key)
        return LABELS.get(key) or next(own, key)

    def written(self, key: str) -> str:
        """What a person wrote beside the figures."""
        return self.commentary.get(key, "")

    @property
    def asked(self) -> str:
        """What the readers are asked."""
        return self.written(Commentary.ASKED)


def report_of(figures: dict[str, Any], commentary: dict[str, str], **frozen: Any) -> Report:
    """Return figures and commentary as a report."""
    return Report(
        kind=figures["kind"],
        title=figures["title"],
        council=figures["council"],
        period=figures["period"]["title"],
        starts=date.fromisoformat(figures["starts"]),
        ends=date.fromisoformat(figures["ends"]),
        as_of=date.fromisoformat(figures["as_of"]),
        framework=figures["framework"],
        population=figures["population"],
        headline=figures["headline"],
        months=figures["months"],
        sections=from_data(figures["sections"]),
        commentary=commentary,
        **frozen,
    )


def frozen_report(snapshot: ReportSnapshot) -> Report:
    """Return the report that was frozen."""
    return report_of(
        snapshot.figures,
        snapshot.commentary,
        edition=snapshot.number,
        checksum=snapshot.checksum,
        made_by=snapshot.made_by.name if snapshot.made_by else "",
    )


def as_html(report: Report) -> str:
    """Return the HTML that the PDF is drawn from."""
    return pdf.html_of("reporting/pdf/report.html", {"report": report})


def as_pdf(report: Report) -> bytes:
    """Return the report as an accessible PDF."""
    return pdf.pdf_of(as_html(report))


def as_xlsx(report: Report) -> bytes:
    """Return the report as a spreadsheet."""
    return workbook(
        title=f"{report.title}, {report.period}",
        about=[
            ("Council", report.council),
            ("Report", report.title),
            ("Period", report.period),
            ("Figures as of", report.as_of.isoformat()),
            ("Edition", str(report.edition) if report.edition else "Draft"),
            ("Checksum", report.checksum),
            *(("Counted", text) for text in report.population),
            *(("Not yet final", month["title"]) for month in report.not_final),
            *(("In short", text) for text in report.headline),
            *((report.heading_of(key), text) for key, text in report.commentary.items() if text),
            *((block.title, block.text) for block in report.texts),
        ],
        figures=[(section.title, figure) for section, figure in report.figures],
        tables=[(section.title, block) for section, block in report.tables],
        made_on=report.as_of,
    )


def as_json(snapshot: ReportSnapshot) -> bytes:
    """Return the frozen figures themselves."""
    data = {
        "report": ReportKind(snapshot.kind).value,
        "period": snapshot.period,
        "edition": snapshot.number,
        "checksum": snapshot.checksum,
        "made_at": snapshot.made_at.isoformat(),
        "commentary": snapshot.commentary,
        "figures": snapshot.figures,
    }
    return json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True).encode()
