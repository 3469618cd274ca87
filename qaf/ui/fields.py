"""Form fields that GOV.UK has a pattern for and Django has not."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from qaf.lib import clock
from qaf.ui.words import long_date

PARTS = ("day", "month", "year")
MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
MONTHS = {name[:length]: number for number, name in enumerate(MONTH_NAMES, 1) for length in (3, 4, len(name))}
Limit = date | Callable[[], date]


class GovukDateInput(forms.MultiWidget):
    """Three boxes: day, month, year."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__([forms.TextInput() for _ in PARTS], attrs)

    def decompress(self, value: date | None) -> list[str]:
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]


class DateField(forms.MultiValueField):
    """A date in three boxes; each fault names the box it is in (``ValidationError.params["parts"]``, 0 is the day).

    ``noun`` is how messages call it ("the date of the visit"). ``not_after`` and ``not_before`` are dates or
    callables; ``past=True`` allows today and earlier. Years of two figures mean this century.
    """

    widget = GovukDateInput

    def __init__(
        self,
        *,
        noun: str = "the date",
        past: bool = False,
        not_after: Limit | None = None,
        not_before: Limit | None = None,
        **kwargs: Any,
    ) -> None:
        self.noun, self.past, self.not_after, self.not_before = noun, past, not_after, not_before
        parts = [forms.CharField(required=False, max_length=12) for _ in PARTS]
        super().__init__(parts, require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> date | None:
        given = [str(part or "").strip() for part in (value or ["", "", ""])]
        if not any(given):
            if self.required:
                raise ValidationError(f"Enter {self.noun}", code="required", params={"parts": (0, 1, 2)})
            return None
        missing = [index for index, part in enumerate(given) if not part]
        if missing:
            names = " and ".join(f"a {PARTS[index]}" for index in missing)
            raise self._fault(f"must include {names}", "incomplete", *missing)
        found = self._date(given)
        self._check_limits(found)
        self.run_validators(found)
        return found

    def compress(self, data_list: list[Any]) -> Any:
        raise NotImplementedError("clean() reads the three boxes itself")

    def has_changed(self, initial: Any, data: Any) -> bool:
        before = initial if isinstance(initial, list) else GovukDateInput().decompress(initial)
        after = [str(part or "").strip() for part in (data or ["", "", ""])]
        return [part.lstrip("0") for part in after] != [str(part).lstrip("0") for part in before]

    def _fault(self, words: str, code: str, *parts: int) -> ValidationError:
        noun = self.noun[:1].upper() + self.noun[1:]
        return ValidationError(f"{noun} {words}", code=code, params={"parts": parts})

    def _date(self, given: list[str]) -> date:
        day = int(given[0]) if given[0].isdecimal() else 0
        month = int(given[1]) if given[1].isdecimal() else MONTHS.get(given[1].lower(), 0)
        year = int(given[2]) if given[2].isdecimal() and len(given[2]) in (2, 4) else 0
        if year and len(given[2]) == 2:
            year += 2000
        if not 1 <= day <= 31:
            raise self._fault("must have a real day, like 27", "day", 0)
        if not 1 <= month <= 12:
            raise self._fault("must have a real month, like 3 or March", "month", 1)
        if not 1900 <= year <= 2100:
            raise self._fault("must have a year of four figures, like 2026", "year", 2)
        try:
            return date(year, month, day)
        except ValueError as error:
            raise self._fault("must be a real date", "invalid", 0, 1, 2) from error

    def _check_limits(self, found: date) -> None:
        if self.past and found > clock.today():
            raise self._fault("must be today or in the past", "future", 0, 1, 2)
        latest = self.not_after() if callable(self.not_after) else self.not_after
        if latest and found > latest:
            raise self._fault(f"must be on or before {long_date(latest)}", "late", 0, 1, 2)
        earliest = self.not_before() if callable(self.not_before) else self.not_before
        if earliest and found < earliest:
            raise self._fault(f"must be on or after {long_date(earliest)}", "early", 0, 1, 2)


class YesNoField(forms.TypedChoiceField):
    """Yes or no as radios; cleans to True, False, or None where it may be left out."""

    def __init__(self, *, yes: str = "Yes", no: str = "No", **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.RadioSelect)
        kwargs.setdefault("coerce", {"yes": True, "no": False}.get)
        super().__init__(choices=[("yes", yes), ("no", no)], empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)
