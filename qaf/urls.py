"""The composition root of the web side."""

from django.conf import settings
from django.urls import include, path

from audits.programme.views import feeds
from qaf.tenants.views import home

council = [
    path("", home.home, name="home"),
    path("more/", home.more, name="more"),
    path("notices/", include("qaf.notices.urls")),
    path("jobs/", include("qaf.jobs.urls")),
    path("people/", include("qaf.tenants.urls")),
    path("framework/", include("audits.frameworks.urls")),
    path("calendar/", include("audits.programme.urls")),
    path("cases/", include("audits.cases.urls")),
    path("follow-up/", include("audits.followup.urls")),
    path("moderation/", include("moderation.urls")),
    path("feedback/", include("feedback.urls")),
    path("reports/", include("reporting.urls")),
    path("", include("audits.urls")),
]

urlpatterns = [
    path("", home.start, name="start"),
    # An address that nobody has confirmed would make the account somebody else's; councils enter addresses.
    path("account/email/", home.not_here),
    path("account/3rdparty/", home.not_here),
    path("account/3rdparty/signup/", home.not_here),
    path("account/", include("allauth.urls")),
    path("security/", home.security, name="security"),
    path("keep-alive/", home.keep_alive, name="keep_alive"),
    path("sign-in-needed/<slug:council>/", home.sign_in_needed, name="sign_in_needed"),
    path("calendar/<slug:council>/<str:token>.ics", feeds.read, name="calendar_feed"),
    path("a/<slug:council>/", include(council)),
]

if settings.DEBUG:
    urlpatterns.append(path("kit/", include("qaf.ui.urls")))

handler403 = "qaf.tenants.views.errors.forbidden"
handler500 = "qaf.tenants.views.errors.server_error"
