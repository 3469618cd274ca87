"""Closed lists of the platform."""

from django.db import models


class UnitKind(models.TextChoices):
    """A service holds teams; a team holds workers and children."""

    SERVICE = "service", "Service"
    TEAM = "team", "Team"


class SignInMethod(models.TextChoices):
    """How a session was authenticated; each council states which it accepts."""

    PASSWORD = "password", "Password"
    MFA = "mfa", "Password with a second factor, or a passkey"
    OIDC = "oidc", "The council's own identity provider"
