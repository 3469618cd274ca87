"""Which person or team a name in a case list is."""

from dataclasses import dataclass

from audits.cases.enums import AliasKind
from audits.cases.models import NameAlias
from qaf.tenants.enums import UnitKind
from qaf.tenants.models import Person, Unit


def name_key(name: str) -> str:
    """Return the form in which names are compared: ``Heron, Ada`` and ``ADA  HERON`` are one."""
    family, comma, given = name.partition(",")
    whole = f"{given} {family}" if comma and "," not in given else name
    return " ".join(whole.casefold().split())


@dataclass(frozen=True, slots=True)
class Named:
    """A person or team: its id, or the name under which it is yet to be made."""

    pk: int | None
    name: str


class Directory:
    """The open scope's people and teams by name, read once for a whole import."""

    def __init__(self) -> None:
        self.people: dict[str, Named] = {}
        self.teams: dict[str, Named] = {}
        self.names: dict[tuple[AliasKind, int], str] = {}
        self.service_of_team: dict[int, int | None] = {}
        self._load_people()
        self._load_teams()
        aliases = NameAlias.objects.values_list("kind", "key", "person_id", "unit_id")
        for kind, key, person_id, unit_id in aliases:
            if kind == AliasKind.PERSON:
                self.people[key] = Named(person_id, self.names[AliasKind.PERSON, person_id])
            else:
                self.teams[key] = Named(unit_id, self.names[AliasKind.TEAM, unit_id])

    def _load_people(self) -> None:
        # Somebody who has left is found last: a name that returns may be somebody new, but never two today.
        rows = Person.objects.order_by("left_on", "-id").values_list("pk", "name", "source_name")
        for pk, name, source_name in reversed(rows):
            self.names[AliasKind.PERSON, pk] = name
            self.people[name_key(name)] = Named(pk, name)
            if source_name:
                self.people[name_key(source_name)] = Named(pk, name)

    def _load_teams(self) -> None:
        rows = (
            Unit.objects.filter(kind=UnitKind.TEAM)
            .order_by("id")
            .values_list("pk", "key", "name", "parent_id")
        )
        for pk, _key, name, parent_id in rows:
            self.names[AliasKind.TEAM, pk] = name
            self.service_of_team[pk] = parent_id
            self.teams.setdefault(name_key(name), Named(pk, name))
        for pk, key, name, _parent_id in rows:
            self.teams[name_key(key)] = Named(pk, name)

    def person(self, name: str) -> Named:
        """Return the person of this name, with ``pk=None`` when there is none yet."""
        return self.people.get(name_key(name)) or Named(None, name)

    def team(self, name: str) -> Named:
        """Return the team of this name, with ``pk=None`` when there is none yet."""
        return self.teams.get(name_key(name)) or Named(None, name)

    def name_of(self, kind: AliasKind, pk: int | None) -> str:
        """Return the name behind an id, the empty text for none."""
        return self.names.get((kind, pk), "") if pk else ""
