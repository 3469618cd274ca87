"""Councils and the accounts that may enter them."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager["User"]):
    """Accounts are made by councils, never by sign-up."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account; without a password it can only sign in through an identity provider."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Credentials only. Who somebody is in a council stands in that council's ``Person``.

    Sensitivity: personal data of staff. Kept while any council gives access.
    """

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="tenants_user_email")]

    def __str__(self) -> str:
        return self.email

    # allauth and Django's forms ask for these two; QAF has no site-wide staff.
    is_staff = False
    is_superuser = False


class Authority(models.Model):
    """A council. Its rules stand in its framework; here is only what the platform itself needs.

    Sensitivity: none. Kept while the council uses QAF.
    """

    slug = models.SlugField(
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9-]*$", "Use a-z, 0-9 and hyphens.")],
    )
    name = models.CharField(max_length=120)
    reference_prefix = models.CharField(
        max_length=6, help_text="Begins every audit reference, such as ABC-2026-0012."
    )
    colour = models.CharField(
        max_length=7, default="#1d4f5f", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    require_mfa = models.BooleanField(default=False)
    accepts_password = models.BooleanField(default=True)
    accepts_oidc = models.BooleanField(default=False)
    never_sampled_kept_months = models.PositiveSmallIntegerField(
        default=12, help_text="Children never sampled are deleted this many months after they closed."
    )
    file_copy_sections = models.JSONField(
        default=list,
        blank=True,
        help_text="Sections of an audit that go into the copy for the child's record; empty: the default.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "authorities"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Access(models.Model):
    """A user may enter a council. Needed before any scope exists, so it is no tenant row.

    Sensitivity: personal data of staff. Deleted when the person leaves the council.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="access")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="access")
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "user"], name="tenants_access_once")]


class IdentityProvider(models.Model):
    """A council's own OpenID Connect provider. Needed at sign-in, so it is no tenant row.

    A person is recognised by issuer tenant and object id (``tid`` and ``oid``), never by e-mail.

    Sensitivity: holds a secret. Deleted when the council stops using it.
    """

    authority = models.OneToOneField(Authority, on_delete=models.CASCADE, related_name="identity_provider")
    provider_id = models.SlugField(max_length=40, unique=True)
    server_url = models.URLField(max_length=300)
    client_id = models.CharField(max_length=200)
    secret = models.CharField(max_length=400)
    tenant_claim = models.CharField(
        max_length=100, blank=True, help_text="The value of tid that this council's tokens carry."
    )
