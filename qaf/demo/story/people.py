"""Enter the simulated staff as people of a council, and keep them in step month by month."""

from datetime import date

from qaf.demo.world.people import Colleague, Staff
from qaf.demo.world.population import World
from qaf.tenants.models import Person, Unit
from qaf.tenants.services import create_person, give_post, record_absence, record_leaver


class Register:
    """The people of one council in the product, found by their simulated selves. Needs the open scope."""

    def __init__(self, world: World) -> None:
        """Remember the world; nobody is entered yet."""
        self.staff: Staff = world.staff
        self._people: dict[Colleague, Person] = {}
        self._gone: set[Colleague] = set()
        self._units: dict[str, Unit] = {}

    def __getitem__(self, colleague: Colleague) -> Person:
        """Return the person that a simulated colleague is."""
        return self._people[colleague]

    def enter_structure(self) -> None:
        """Create the teams below the services that the framework brought."""
        services = {unit.key: unit for unit in Unit.objects.filter(kind="service")}
        self._units = dict(services)
        for team in self.staff.plan.teams:
            self._units[team.name] = Unit.objects.create(
                kind="team", key=team.name, name=team.name, parent=services[team.service]
            )

    def enter_everyone(self, since: date) -> None:
        """Enter all staff with their posts from ``since``, and their absences."""
        for colleague in self.staff.everyone():
            self._enter(colleague, since)
        for colleague in self.staff.everyone():
            for first, last in colleague.absences:
                record_absence(
                    person=self[colleague], starts_on=first, ends_on=last, deputy=self._deputy(colleague)
                )

    def keep_in_step(self, since: date) -> None:
        """Enter who started since, and record who left."""
        for colleague in self.staff.everyone():
            if colleague not in self._people:
                self._enter(colleague, colleague.started or since)
            if colleague.left is not None and colleague not in self._gone:
                record_leaver(person=self[colleague], left_on=colleague.left)
                self._gone.add(colleague)

    def _enter(self, colleague: Colleague, since: date) -> None:
        units = [self._units[key] for key in (colleague.team, *colleague.services) if key]
        person = create_person(
            name=colleague.name,
            email=colleague.email,
            job_title=colleague.post,
            unit=units[0] if len(units) == 1 else None,
            signs_in=True,
            source_name=colleague.name,
            cleared_for_restricted=colleague.cleared,
        )
        places: list[Unit | None] = [*units] or [None]
        for unit in places:
            give_post(person=person, role=colleague.role, unit=unit, starts_on=since)
        self._people[colleague] = person

    def _deputy(self, colleague: Colleague) -> Person | None:
        """Return a manager of the same service who is not away at the same time, where there is one."""
        service = self._units[colleague.team].parent_id if colleague.team else None
        for other in self.staff.managers.values():
            same_service = service is not None and self._units[other.team].parent_id == service
            if other is not colleague and same_service and not other.absences:
                return self[other]
        return None
