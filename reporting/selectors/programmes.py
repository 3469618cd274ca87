"""Themes that audits looked at, in their months or in programmes of their own."""

from datetime import date

from django.db.models import Q

from audits.models import Cycle, Theme


def themes_between(starts: date, ends: date) -> list[Theme]:
    """Return the themes with audits of these months: months' own, and those of programmes that overlap them."""
    of_months = Q(cycles__period__range=(starts, ends))
    of_programmes = Q(programmes__starts_on__lte=ends, programmes__ends_on__gte=starts)
    rows = Theme.objects.filter(of_months | of_programmes).order_by("title", "pk")
    return list(rows.distinct())


def theme_named(pk: int) -> Theme | None:
    """Return a theme by its number."""
    return Theme.objects.filter(pk=pk).first()


def audits_of_theme(pk: int) -> Q:
    """Return the condition on audits that looked at the theme: in a month of it, or in a programme on it."""
    return Q(cycle__theme=pk, origin="theme") | Q(programme__theme=pk)


def themes_of_months(starts: date, ends: date) -> dict[date, str]:
    """Return the theme of each month that had one, in one query."""
    rows = Cycle.objects.filter(period__range=(starts, ends), theme__isnull=False)
    return dict(rows.values_list("period", "theme__title"))
