"""What a reader chooses, what is written beside figures, and what is recorded of learning."""

from reporting.forms.figures import (
    AuditsForm,
    CommentaryForm,
    CriteriaForm,
    IssueForm,
    NewReportForm,
    PlaceForm,
)

__all__ = ["AuditsForm", "CommentaryForm", "CriteriaForm", "IssueForm", "NewReportForm", "PlaceForm"]
