"""Signing in, and what each council asks for."""

import time
from datetime import date
from urllib.parse import parse_qs, urlparse

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from qaf.lib import clock
from qaf.tenants.models import Access, Authority, IdentityProvider, Person, User
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import change_person, grant_access, record_leaver
from tests.factories.people import make_person


def test_nobody_signs_up(client, db):
    response = client.get("/account/signup/")
    assert "closed" in response.content.decode().lower()
    client.post(
        "/account/signup/",
        {"email": "x@example.org", "password1": "a b c d e f g h", "password2": "a b c d e f g h"},
    )
    assert not User.objects.exists()


def test_a_page_of_a_council_asks_a_stranger_to_sign_in_and_comes_back(client, council, ada):
    response = client.get("/a/alder/people/")
    assert response.status_code == 302
    assert response["Location"] == "/account/login/?next=/a/alder/people/"


def test_somebody_of_one_council_goes_straight_to_what_they_have_to_do(sign_in, ada):
    client = sign_in(ada)
    response = client.get("/", follow=True)
    assert response.redirect_chain == [("/a/alder/", 302)]
    assert "What I have to do" in response.content.decode()


def test_a_person_of_another_council_gets_not_found(sign_in, ada, bob):
    client = sign_in(bob)
    assert client.get("/a/alder/").status_code == 404
    assert client.get("/a/nowhere/").status_code == 404


def test_somebody_without_the_permission_is_told_so(sign_in, will):
    response = sign_in(will).get("/a/alder/people/")
    assert response.status_code == 403


def test_one_person_may_work_for_two_councils_and_chooses(sign_in, ada, other_council):
    with authority_scope(other_council):
        make_person("Ada Alder", email=ada.email, signs_in=True)
    page = sign_in(ada).get("/").content.decode()
    assert "Alder Council" in page
    assert "Birch Council" in page
    assert User.objects.filter(email=ada.email).count() == 1


def test_leaving_one_council_ends_access_there_and_nowhere_else(sign_in, ada, council, other_council, frozen):
    with authority_scope(other_council):
        make_person("Ada Alder", email=ada.email, signs_in=True)
    with authority_scope(council):
        record_leaver(person=Person.objects.get(pk=ada.pk), left_on=date(2026, 10, 5))
    client = sign_in(ada)
    assert client.get("/a/alder/").status_code == 404
    assert client.get("/a/birch/").status_code == 200


def code_of(user) -> str:
    secret = Authenticator.objects.get(user=user, type="totp").wrap().instance.data["secret"]
    from allauth.mfa.adapter import get_adapter

    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(get_adapter().decrypt(secret), counter))


def test_a_council_that_requires_a_second_factor_asks_for_one_and_then_lets_in(sign_in, ada, council):
    Authority.objects.filter(pk=council.pk).update(require_mfa=True)
    client = sign_in(ada)
    page = client.get("/a/alder/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/sign-in-needed/alder/")
    assert "second factor" in page.content.decode()

    TOTP.activate(ada.user, generate_totp_secret())
    client.logout()
    client.post("/account/login/", {"login": ada.email, "password": "correct horse battery"})
    response = client.post("/account/2fa/authenticate/", {"code": code_of(ada.user)})
    assert response.status_code == 302
    assert client.get("/a/alder/").status_code == 200


def test_a_password_is_not_enough_where_a_council_accepts_only_its_own_directory(sign_in, ada, council):
    Authority.objects.filter(pk=council.pk).update(accepts_password=False, accepts_oidc=True)
    page = sign_in(ada).get("/a/alder/", follow=True)
    assert "uses its own sign-in" in page.content.decode()


def test_a_wrong_password_says_so_and_does_not_say_which_part_was_wrong(client, ada):
    wrong = client.post("/account/login/", {"login": ada.email, "password": "wrong"}).content.decode()
    unknown = client.post(
        "/account/login/", {"login": "nobody@example.org", "password": "wrong"}
    ).content.decode()
    assert "not correct" in wrong
    assert "not correct" in unknown


def test_a_session_ends_when_nothing_was_done_for_half_an_hour(sign_in, ada):
    client = sign_in(ada)
    client.get("/a/alder/")
    session = client.session
    session["seen"] = int(time.time()) - settings.SESSION_IDLE_SECONDS - 61
    session.save()
    response = client.get("/a/alder/")
    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")


def test_no_proxy_keeps_a_councils_page_and_the_browser_forgets_it_with_the_session(sign_in, ada):
    client = sign_in(ada)
    page = client.get("/a/alder/people/")
    assert page["Cache-Control"] == "private, no-cache"
    assert not page.has_header("Clear-Site-Data")
    assert client.post("/account/logout/")["Clear-Site-Data"] == '"cache"'
    assert not client.get("/account/login/").has_header("Clear-Site-Data")
    client = sign_in(ada)
    client.get("/a/alder/")
    session = client.session
    session["seen"] = int(time.time()) - settings.SESSION_IDLE_SECONDS - 61
    session.save()
    assert client.get("/a/alder/")["Clear-Site-Data"] == '"cache"'


def test_polling_does_not_keep_a_session_alive(sign_in, ada):
    client = sign_in(ada)
    client.get("/a/alder/")
    session = client.session
    session["seen"] = before = int(time.time()) - 300
    session.save()
    client.get("/a/alder/", headers={"X-QAF-Poll": "1"})
    assert client.session["seen"] == before
    client.get("/a/alder/")
    assert client.session["seen"] > before


class TestDirectory:
    """The council's own identity provider, driven for real."""

    @pytest.fixture
    def provider(self, council):
        from oidc_provider_mock import User as MockUser
        from oidc_provider_mock import run_server_in_thread

        claims = {"tid": "tenant-alder", "oid": "oid-ada", "email": "ada.alder@example.org"}
        users = [
            MockUser(sub="ada", claims=claims),
            MockUser(sub="eve", claims={**claims, "tid": "tenant-elsewhere"}),
        ]
        with run_server_in_thread(user_claims=users) as server:
            url = f"http://localhost:{server.server_port}"
            IdentityProvider.objects.create(
                authority=council,
                provider_id="alder",
                server_url=url,
                client_id="qaf",
                secret="s",
                tenant_claim="tenant-alder",
            )
            Authority.objects.filter(pk=council.pk).update(accepts_oidc=True)
            yield url

    def arrive(self, client: Client, provider: str, sub: str):
        import urllib.request

        begin = client.post("/account/oidc/alder/login/")
        assert begin.status_code == 302, begin.content

        class NoRedirect(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *args):
                return None

        assert begin["Location"].startswith(provider)
        request = urllib.request.Request(begin["Location"], data=f"sub={sub}".encode(), method="POST")  # noqa: S310 — the line above
        try:
            urllib.request.build_opener(NoRedirect).open(request)
        except urllib.error.HTTPError as answer:
            back = answer.headers["Location"]
        query = {key: value[0] for key, value in parse_qs(urlparse(back).query).items()}
        return client.get(urlparse(back).path, query, follow=True)

    def test_somebody_entered_with_their_directory_id_gets_in_without_a_password(
        self, client, council, provider
    ):
        with authority_scope(council):
            make_person("Ada Alder", directory_id="oid-ada")
        response = self.arrive(client, provider, "ada")
        assert "What I have to do" in response.content.decode()
        assert client.get("/a/alder/").status_code == 200

    def test_the_same_e_mail_address_proves_nothing(self, client, council, provider):
        with authority_scope(council):
            ada = make_person("Ada Alder", signs_in=True)
        response = self.arrive(client, provider, "ada")
        assert "has not entered you yet" in response.content.decode()
        assert client.get("/a/alder/").status_code == 302
        assert User.objects.get(pk=ada.user_id).has_usable_password()

    def test_a_token_of_another_directory_is_refused(self, client, council, provider):
        with authority_scope(council):
            make_person("Ada Alder", directory_id="oid-ada")
        response = self.arrive(client, provider, "eve")
        assert "another organisation" in response.content.decode()

    def test_one_councils_directory_opens_no_other_council_that_asks_for_its_own(
        self, client, council, other_council, provider
    ):
        with authority_scope(council):
            make_person("Ada Alder", directory_id="oid-ada")
        self.arrive(client, provider, "ada")
        with authority_scope(council):
            user = Person.objects.get(directory_id="oid-ada").user
        grant_access(authority=other_council, user=user)
        with authority_scope(other_council):
            Person.objects.create(name="Ada Alder", user=user)
        assert client.get("/a/birch/").status_code == 302
        assert Access.objects.filter(user=user).count() == 2

    def test_removing_somebodys_sign_in_holds_for_the_directory_too(self, client, council, provider):
        with authority_scope(council):
            make_person("Ada Alder", directory_id="oid-ada")
        self.arrive(client, provider, "ada")
        with authority_scope(council):
            change_person(person=Person.objects.get(directory_id="oid-ada"), signs_in=False)
        client.logout()
        response = self.arrive(client, provider, "ada")
        assert "You may no longer sign in to Alder Council" in response.content.decode()
        assert not Access.objects.exists()

    def test_naming_an_account_in_ones_own_directory_does_not_take_it_over(
        self, client, council, other_council, provider
    ):
        with authority_scope(other_council):
            bob = make_person("Bob Birch", signs_in=True)
        with authority_scope(council):
            make_person("Bob", email=bob.email, signs_in=True, directory_id="oid-ada")
        response = self.arrive(client, provider, "ada")
        assert "You have an account here already" in response.content.decode()
        assert "_auth_user_id" not in client.session

    def test_who_has_a_password_joins_the_directory_by_signing_in_once_more(self, sign_in, council, provider):
        with authority_scope(council):
            ada = make_person("Ada Alder", signs_in=True, directory_id="oid-ada")
        Authority.objects.filter(pk=council.pk).update(accepts_password=False)
        client = sign_in(ada)
        assert client.get("/a/alder/")["Location"] == "/sign-in-needed/alder/"
        self.arrive(client, provider, "ada")
        assert client.get("/a/alder/").status_code == 200
        client.logout()
        self.arrive(client, provider, "ada")
        assert client.get("/a/alder/").status_code == 200

    @pytest.mark.parametrize(
        "page",
        [
            "password/set",
            "password/change",
            "2fa/totp/activate",
            "2fa/webauthn/add",
            "2fa/recovery-codes/generate",
        ],
    )
    def test_what_a_directory_opened_changes_no_password_and_no_factor(self, client, council, provider, page):
        with authority_scope(council):
            make_person("Ada Alder", directory_id="oid-ada")
        self.arrive(client, provider, "ada")
        new = {"password1": "correct horse battery", "password2": "correct horse battery"}
        assert client.get(f"/account/{page}/").status_code == 403
        assert client.post(f"/account/{page}/", new).status_code == 403
        assert not User.objects.get().has_usable_password()
        assert "changed there" in client.get("/security/").content.decode()

    def test_the_way_to_the_directory_is_a_link_which_the_policy_lets_leave(self, client, provider):
        page = client.get("/account/login/").content.decode()
        assert 'href="/account/oidc/alder/login/' in page
        assert client.get("/account/oidc/alder/login/")["Location"].startswith(provider)


def test_an_address_that_nobody_confirmed_does_not_make_an_account_somebody_elses(
    sign_in, ada, other_council
):
    client = sign_in(ada)
    for action in ("action_add", "action_primary"):
        wanted = {"email": "head@birch.example.org", action: ""}
        assert client.post("/account/email/", wanted).status_code == 404
    with authority_scope(other_council):
        make_person("Head Birch", email="head@birch.example.org", signs_in=True)
    assert client.get("/a/birch/").status_code == 404


def test_a_stranger_who_guesses_passwords_shuts_nobody_out_of_the_browser_they_use(sign_in, ada):
    right = {"login": ada.email, "password": "correct horse battery"}
    client = sign_in(ada)
    client.post("/account/logout/")
    for number in range(6):
        stranger = Client(REMOTE_ADDR=f"192.0.2.{number}")
        told = stranger.post("/account/login/", {**right, "password": "guess"}).content.decode()
    assert "Too many failed login attempts" in told
    assert Client(REMOTE_ADDR="192.0.2.9").post("/account/login/", right).status_code == 200
    assert client.post("/account/login/", right).status_code == 302


def test_a_known_browser_too_may_guess_only_five_times(sign_in, ada):
    client = sign_in(ada)
    client.post("/account/logout/")
    for _ in range(5):
        client.post("/account/login/", {"login": ada.email, "password": "guess"})
    right = {"login": ada.email, "password": "correct horse battery"}
    assert client.post("/account/login/", right).status_code == 200


def test_being_known_to_one_account_helps_against_no_other(sign_in, ada, will):
    client = sign_in(will)
    client.post("/account/logout/")
    for _ in range(5):
        Client().post("/account/login/", {"login": ada.email, "password": "guess"})
    assert (
        client.post("/account/login/", {"login": ada.email, "password": "correct horse battery"}).status_code
        == 200
    )


def test_no_e_mail_goes_to_an_address_without_an_account(client, db):
    assert client.post("/account/password/reset/", {"email": "stranger@example.org"}).status_code == 302
    assert mail.outbox == []


def test_somebody_who_leaves_next_week_works_until_then(sign_in, ada, council):
    with clock.travel(date(2026, 10, 5)):
        with authority_scope(council):
            record_leaver(person=Person.objects.get(pk=ada.pk), left_on=date(2026, 10, 9))
        client = sign_in(ada)
        assert client.get("/a/alder/").status_code == 200
    with clock.travel(date(2026, 10, 9)):
        assert client.get("/a/alder/people/").status_code == 200
    with clock.travel(date(2026, 10, 10)):
        assert client.get("/a/alder/").status_code == 404


def test_changing_a_person_without_access_does_not_give_it_back(sign_in, ada, will, council):
    client = sign_in(ada)
    form = {"name": "Will Alder", "email": will.email}
    client.post(f"/a/alder/people/{will.pk}/change/", form)
    assert not Access.objects.filter(user=will.user).exists()
    page = client.get(f"/a/alder/people/{will.pk}/change/")
    assert page.context["form"]["signs_in"].value() is False


class TestConnecting:
    """The council's directory is connected by whoever runs the service, chosen by the council."""

    def given(self, *more: str) -> None:
        call_command(
            "connect_directory", "alder", "--server", "https://login.example.org", "--client-id", "qaf", *more
        )

    def test_a_directory_is_connected_changed_and_removed(self, council, monkeypatch, capsys):
        monkeypatch.setenv("QAF_DIRECTORY_SECRET", "hush")
        self.given()
        self.given("--tenant", "tenant-alder")
        provider = IdentityProvider.objects.get(authority=council)
        assert (provider.secret, provider.tenant_claim) == ("hush", "tenant-alder")
        assert "/account/oidc/alder/login/callback/" in capsys.readouterr().out
        council.refresh_from_db()
        assert council.accepts_oidc
        call_command("connect_directory", "alder", "--remove")
        council.refresh_from_db()
        assert (council.accepts_oidc, council.accepts_password) == (False, True)

    @pytest.mark.parametrize(
        "server", ["http://login.example.org", "https://login.microsoftonline.com/common/v2.0"]
    )
    def test_what_would_let_others_in_is_refused(self, council, monkeypatch, server):
        monkeypatch.setenv("QAF_DIRECTORY_SECRET", "hush")
        with pytest.raises(CommandError):
            call_command("connect_directory", "alder", "--server", server, "--client-id", "qaf")
        assert not IdentityProvider.objects.exists()

    def test_nobody_shuts_the_council_out_in_its_settings(self, sign_in, ada, council):
        client = sign_in(ada)
        wanted = {
            "name": "Alder",
            "colour": "#1d4f5f",
            "never_sampled_kept_months": "12",
            "accepts_oidc": "on",
        }
        page = client.post("/a/alder/people/settings/", wanted).content.decode()
        assert "connect the council’s directory first" in page
        IdentityProvider.objects.create(
            authority=council, provider_id="alder", server_url="https://x.example.org"
        )
        page = client.post("/a/alder/people/settings/", wanted).content.decode()
        assert "Enter your own directory id first" in page
        council.refresh_from_db()
        assert council.accepts_password


def test_every_response_carries_a_request_id_and_a_policy(client, db):
    for path, status in (("/account/login/", 200), ("/nowhere/", 404), ("/a/alder/", 302)):
        response = client.get(path)
        assert response.status_code == status
        assert len(response["X-Request-ID"]) == 32
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
