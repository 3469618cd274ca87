"""Measure one thing, ``python script/_bench NAME``, and print its figures as a line of JSON."""

import json
import sys
from importlib import import_module

import django

django.setup()
print(json.dumps(import_module(sys.argv[1]).measure()))
