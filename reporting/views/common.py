"""What the pages of figures start from: the framework, how far the reader sees, what was chosen."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied

from audits.frameworks.schema import Framework
from audits.frameworks.selectors import framework_in_force
from qaf.lib import clock
from qaf.tenants.views.base import CouncilRequest
from reporting.forms import PlaceForm
from reporting.selectors.reach import Reach, reach_of
from reporting.selectors.records import Records, read

NO_PLACE = "You may see figures, but no service or team is yours yet. Ask an administrator to give your post its unit."


@dataclass(frozen=True)
class Panel:
    """A form as the filter panel takes it."""

    form: PlaceForm


@dataclass(frozen=True)
class Choice:
    """What somebody looks at: their reach, their form, and the records it leaves."""

    framework: Framework
    reach: Reach
    form: PlaceForm
    records: Records

    @property
    def panel(self) -> Panel:
        """The form for the filter panel."""
        return Panel(self.form)


def choose(request: CouncilRequest, form_class: type[PlaceForm] = PlaceForm, **options: Any) -> Choice:
    """Read what the address asks for, within what the reader may see; 403 where that is nothing."""
    framework = framework_in_force()
    reach = reach_of(request.person, framework)
    if reach.is_empty:
        raise PermissionDenied(NO_PLACE)
    form = form_class(request.GET, reach=reach, **options)
    period = form.months
    records = read(
        starts=period.starts,
        ends=period.ends,
        as_of=clock.today(),
        framework=framework,
        within=reach.audits(),
    )
    service, team = form.chosen("service"), form.chosen("team")
    if service or team:
        records = records.only(service=service, team=team, place=form.place)
    return Choice(framework, reach, form, records)
