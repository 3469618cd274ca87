"""A relay in a process of its own that is killed at one point: run by test_killed_relay.py.

Arguments: the port of the mail server, the council's id, the point.
"""

import os
import signal
import sys


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _before(owner: object, name: str) -> None:
    setattr(owner, name, _die)


def _after(owner: object, name: str) -> None:
    original = getattr(owner, name)

    def then_die(*args: object, **kwargs: object) -> None:
        original(*args, **kwargs)
        _die()

    setattr(owner, name, then_die)


def _careless(relay: object, email: object) -> None:
    """What must never be: the message counts as sent before it is."""
    take = relay.take

    def take_as_sent(*args: object, **kwargs: object) -> object:
        parcels = take(*args, **kwargs)
        email.objects.update(delivery="sent", lease_until=None)
        return parcels

    relay.take = take_as_sent
    _before(relay, "_deliver")


def main(port: str, council: str, point: str) -> None:
    """Arm the point and send."""
    import django

    django.setup()
    from django.conf import settings

    from qaf.notices import mail
    from qaf.notices.services import relay
    from qaf.tenants.models import Authority

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(port)
    arm = {
        "before the e-mail is committed": lambda: _after(relay, "take"),
        "when it is committed": lambda: _before(relay, "_deliver"),
        "before the mail server is asked": lambda: _before(mail.EmailMessage, "send"),
        "when the mail server has taken it": lambda: _after(mail.Postbox, "post"),
        "before the answer is committed": lambda: _after(relay, "write_result"),
        "control: it counts as sent before it is": lambda: _careless(relay, relay.Email),
        "never": lambda: None,
    }
    arm[point]()
    relay.relay_council(Authority.objects.get(pk=council))


if __name__ == "__main__":
    main(*sys.argv[1:])
