"""What the fault tests and their worker tell each other: names of files in a folder, and of variables."""

FOLDER = "QAF_FAULTS_FOLDER"
TWICE = "QAF_FAULTS_TWICE"
COUNT = "statements"
PLAN = "plan.json"
DONE = "done"
VICTIM = "victim"
"""Holds the id of the process that is killed, written just before."""
