"""The form that brings in historic audits."""

from qaf.ui import forms


class HistoricForm(forms.Form):
    """One CSV file."""

    document = forms.FileField(label="File of historic audits", max_length=200)
    govuk = {"document": {"hint": "A CSV file in UTF-8, at most 5 MB."}}
