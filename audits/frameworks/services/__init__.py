"""Publishing a framework and keeping the council in step with it; drafts of the next version."""

from audits.frameworks.services.publishing import keep_in_step, publish_framework

__all__ = ["keep_in_step", "publish_framework"]
