"""Signing in, and what each council asks for."""

import json
import time
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
from django.test import Client

from qaf.tenants.models import Access, Authority, IdentityProvider, Person, User
from qaf.tenants.scope import authority_scope
from qaf.tenants.services import grant_access, record_leaver
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
        record_leaver(person=Person.objects.get(pk=ada.pk), left_on="2026-10-05")
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


def test_every_response_carries_a_request_id_and_a_policy(client, db):
    response = client.get("/account/login/")
    assert len(response["X-Request-ID"]) == 32
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert json.dumps(policy)
