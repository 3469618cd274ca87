"""People of a council: who holds which post, who is away, who has left."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from qaf.lib import clock
from qaf.tenants.forms import AbsenceForm, CouncilForm, LeaverForm, PersonForm, PostForm, UnitForm
from qaf.tenants.models import Person, Post, Unit
from qaf.tenants.selectors import may_sign_in
from qaf.tenants.services import (
    add_team,
    change_person,
    create_person,
    end_post,
    give_post,
    record_absence,
    record_leaver,
)
from qaf.tenants.views.base import CouncilRequest, council_view
from qaf.ui.tables import asked_for, ordering
from qaf.ui.words import long_date

MANAGE = "tenants.manage_people"


@council_view(MANAGE)
def people(request: CouncilRequest) -> HttpResponse:
    """List people, found by words, filtered by unit, sorted in the URL."""
    found = Person.objects.select_related("unit__parent", "user").prefetch_related(
        "posts__role", "posts__unit"
    )
    words = asked_for(request.GET, "q")
    show = request.GET.get("show", "users")
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(email__icontains=words) | Q(source_name__icontains=words)
        )
    if show == "users":
        found = found.exclude(user=None).filter(left_on=None)
    elif show == "left":
        found = found.exclude(left_on=None)
    allowed = {"name": "name", "unit": "unit__name", "title": "job_title"}
    found = found.order_by(*ordering(request.GET, allowed=allowed, default="name"), "pk")
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    return render(request, "tenants/people/list.html", {"page_obj": page, "q": words, "show": show})


@council_view(MANAGE)
def add_person(request: CouncilRequest) -> HttpResponse:
    """Enter somebody."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = create_person(**form.cleaned_data)
        messages.success(request, f"{person.name} has been added. Give them a role next.")
        return redirect("tenants:person", council=request.authority.slug, pk=person.pk)
    return render(request, "tenants/people/form.html", {"form": form, "heading": "Add a person"})


@council_view(MANAGE)
def person(request: CouncilRequest, pk: int) -> HttpResponse:
    """Show a person: posts, absences, and what can be done."""
    found = get_object_or_404(Person.objects.select_related("unit", "user"), pk=pk)
    context = {
        "somebody": found,
        "posts": found.posts.select_related("role", "unit").order_by("-starts_on"),
        "absences": found.absences.select_related("deputy").order_by("-starts_on"),
        "today": clock.today(),
        "signs_in": may_sign_in(found),
    }
    return render(request, "tenants/people/person.html", context)


@council_view(MANAGE)
def edit_person(request: CouncilRequest, pk: int) -> HttpResponse:
    """Change a person's details."""
    found = get_object_or_404(Person, pk=pk)
    names = ("name", "email", "job_title", "unit", "directory_id", "cleared_for_restricted")
    initial = {name: getattr(found, name) for name in names} | {"signs_in": may_sign_in(found)}
    form = PersonForm(request.POST or None, initial=initial, person=found)
    if request.method == "POST" and form.is_valid():
        change_person(person=found, **form.cleaned_data)
        messages.success(request, "The changes have been saved.")
        return redirect("tenants:person", council=request.authority.slug, pk=pk)
    context = {"form": form, "heading": f"Change {found.name}", "back": _page(request, pk)}
    return render(request, "tenants/people/form.html", context)


def _page(request: CouncilRequest, pk: int) -> str:
    return reverse("tenants:person", args=[request.authority.slug, pk])


@council_view(MANAGE)
def add_post(request: CouncilRequest, pk: int) -> HttpResponse:
    """Give a person a role."""
    found = get_object_or_404(Person, pk=pk)
    form = PostForm(request.POST or None, initial={"starts_on": clock.today(), "unit": found.unit})
    if request.method == "POST" and form.is_valid():
        post = give_post(person=found, **form.cleaned_data)
        messages.success(request, f"{found.name} is now {post.role.label}.")
        return redirect(_page(request, pk))
    context = {"form": form, "heading": f"Give {found.name} a role", "back": _page(request, pk)}
    return render(request, "tenants/people/form.html", context)


@council_view(MANAGE)
@require_POST
def remove_post(request: CouncilRequest, pk: int) -> HttpResponse:
    """End a post today; it stays in the record of who was responsible then."""
    post = get_object_or_404(Post.objects.select_related("role", "person"), pk=pk)
    end_post(post=post, on=clock.today())
    messages.success(request, f"{post.person.name} is no longer {post.role.label}.")
    return redirect(_page(request, post.person_id))


@council_view(MANAGE)
def add_absence(request: CouncilRequest, pk: int) -> HttpResponse:
    """Record that somebody is away."""
    found = get_object_or_404(Person, pk=pk)
    form = AbsenceForm(request.POST or None, person=found)
    if request.method == "POST" and form.is_valid():
        record_absence(person=found, **form.cleaned_data)
        messages.success(request, "The absence has been recorded.")
        return redirect(_page(request, pk))
    context = {"form": form, "heading": f"When is {found.name} away?", "back": _page(request, pk)}
    return render(request, "tenants/people/form.html", context)


@council_view()
def my_absence(request: CouncilRequest) -> HttpResponse:
    """Let anybody say that they will be away, and who answers for them."""
    form = AbsenceForm(request.POST or None, person=request.person)
    home = reverse("home", args=[request.authority.slug])
    if request.method == "POST" and form.is_valid():
        record_absence(person=request.person, **form.cleaned_data)
        messages.success(request, "Your absence has been recorded.")
        return redirect(home)
    context = {"form": form, "heading": "When are you away?", "back": home}
    return render(request, "tenants/people/form.html", context)


@council_view(MANAGE)
def leaver(request: CouncilRequest, pk: int) -> HttpResponse:
    """Record somebody's last day: posts and access end with it."""
    found = get_object_or_404(Person, pk=pk)
    form = LeaverForm(request.POST or None, initial={"left_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        last = form.cleaned_data["left_on"]
        record_leaver(person=found, left_on=last)
        told = (
            f"{found.name} leaves on {long_date(last)}: until then they can sign in."
            if last > clock.today()
            else f"{found.name} has left: their posts and access have ended."
        )
        messages.success(request, told)
        return redirect(_page(request, pk))
    context = {
        "form": form,
        "heading": f"{found.name} leaves",
        "back": _page(request, pk),
        "lead": "With their last day their posts end, and they can no longer sign in here. Audits keep their name.",
    }
    return render(request, "tenants/people/form.html", context)


@council_view(MANAGE)
def structure(request: CouncilRequest) -> HttpResponse:
    """Show services, their teams and who manages them."""
    today = clock.today()
    held = Q(ends_on=None) | Q(ends_on__gte=today)
    posts = Post.objects.filter(held, starts_on__lte=today, unit__isnull=False, role__in_line=True)
    managers: dict[int, list[str]] = {}
    for post in posts.select_related("person", "role").order_by("role__rank", "person__name"):
        managers.setdefault(post.unit_id or 0, []).append(f"{post.person.name}, {post.role.label}")
    units = list(Unit.objects.filter(closed_on=None).order_by("name"))
    services = [unit for unit in units if unit.kind == "service"]
    listed = [
        {
            "unit": service,
            "managers": managers.get(service.pk, []),
            "teams": [(t, managers.get(t.pk, [])) for t in units if t.parent_id == service.pk],
        }
        for service in services
    ]
    unmapped = [unit for unit in units if not unit.is_mapped]
    return render(request, "tenants/people/structure.html", {"services": listed, "unmapped": unmapped})


@council_view(MANAGE)
def new_team(request: CouncilRequest) -> HttpResponse:
    """Add a team."""
    form = UnitForm(request.POST or None)
    back = reverse("tenants:structure", args=[request.authority.slug])
    if request.method == "POST" and form.is_valid():
        add_team(**form.cleaned_data)
        messages.success(request, "The team has been added.")
        return redirect(back)
    return render(request, "tenants/people/form.html", {"form": form, "heading": "Add a team", "back": back})


@council_view("tenants.manage_council")
def settings(request: CouncilRequest) -> HttpResponse:
    """Change the council's own settings."""
    form = CouncilForm(request.POST or None, instance=request.authority, person=request.person)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "The settings have been saved.")
        return redirect("tenants:settings", council=request.authority.slug)
    return render(request, "tenants/people/form.html", {"form": form, "heading": "Council settings"})
