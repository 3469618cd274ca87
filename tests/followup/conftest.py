"""The cast of one audit and the seniors above it."""

import pytest

from tests.factories.assessments import make_audit, make_cast
from tests.factories.moderation import make_seniors


@pytest.fixture
def cast(scope, frozen):
    return make_cast()


@pytest.fixture
def seniors(cast):
    return make_seniors(cast)


@pytest.fixture
def audit(cast):
    return make_audit(cast)
