"""The WSGI application of the journeys."""

from qaf.wsgi import application as product
from tests.journeys.moved import moved

application = moved(product)
