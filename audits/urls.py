from django.urls import URLPattern, URLResolver, path, register_converter

from audits.views import (
    assessment,
    checking,
    conversations,
    copy_settings,
    cycle_changes,
    cycles,
    exclusions,
    extras,
    family,
    file_copy,
    findings,
    framework_preview,
    historic,
    marks,
    outcome,
    quotas,
    re_audits,
    sections,
    taking_part,
    themes,
    tool_reviews,
)
from audits.views import audits as pages

register_converter(cycles.MonthConverter, "month")

app_name = "audits"
urlpatterns: list[URLPattern | URLResolver] = [
    path("months/", cycles.month_list, name="months"),
    path("months/<month:period>/", cycles.month, name="month"),
    path("months/<month:period>/prepare/", cycles.prepare_month, name="prepare_month"),
    path("months/<month:period>/audits/", cycles.month_audits, name="month_audits"),
    path("months/<month:period>/sample/", cycles.month_sample, name="month_sample"),
    path("months/<month:period>/receipt/", cycles.month_receipt, name="month_receipt"),
    path("months/<month:period>/receipt.json", cycles.receipt_json, name="month_receipt_json"),
    path("months/<month:period>/close/", cycles.close_month, name="close_month"),
    path("sample/<int:pk>/replace/", cycle_changes.replace, name="replace_case"),
    path("checks/<int:pk>/", checking.check, name="check"),
    path("assessments/<int:pk>/give/", cycle_changes.give, name="give"),
    path("historic/", historic.historic, name="historic"),
    path("historic/bring-in/", historic.bring_in, name="bring_in_historic"),
    path("tool-reviews/", tool_reviews.tool_reviews, name="tool_reviews"),
    path("tool-reviews/<slug:key>/", tool_reviews.review_tool, name="review_tool"),
    path("copy-settings/", copy_settings.copy_settings, name="copy_settings"),
    path("left-out/", exclusions.exclusion_list, name="exclusions"),
    path("left-out/ask/", exclusions.ask, name="ask_exclusion"),
    path("left-out/<int:pk>/", exclusions.decide, name="decide_exclusion"),
]

# An audit and its auditors' own work. Fixed words come before a slot's key.
_audit = "audits/<slug:reference>"
urlpatterns += [
    path("audits/", pages.mine, name="mine"),
    path(f"{_audit}/", pages.overview, name="audit"),
    path(f"{_audit}/copy.pdf", file_copy.file_copy, name="file_copy"),
    path(f"{_audit}/grades/", pages.grades, name="grades"),
    path(f"{_audit}/conversations/<slug:kind>/", conversations.conversation, name="conversation"),
    path(f"{_audit}/conversations/<slug:kind>/book/", conversations.book, name="book"),
    path(f"{_audit}/conversations/<slug:kind>/own-words/", conversations.own_words, name="own_words"),
    path(f"{_audit}/together/", taking_part.together, name="together"),
    path(f"{_audit}/case-note/", file_copy.case_note, name="case_note"),
    path(f"{_audit}/left-out/<slug:slot>/", taking_part.excuse, name="excuse_part"),
    path(f"{_audit}/family/", family.family, name="family"),
    path(f"{_audit}/family/<slug:target>/", family.contact, name="family_contact"),
    path(f"{_audit}/family/<slug:target>/consent/", family.consent, name="family_consent"),
    path(f"{_audit}/family/<slug:target>/preference/", family.preference, name="family_preference"),
    path(f"{_audit}/family/<slug:target>/<int:pk>/remove/", family.remove, name="family_remove"),
    path(f"{_audit}/marks/", marks.flags, name="flags"),
    path(f"{_audit}/immediate-change/", findings.immediate, name="immediate_change"),
]

_own = f"{_audit}/part/<slug:slot>"
urlpatterns += [
    path(f"{_own}/", assessment.overview, name="assessment"),
    path(f"{_own}/section/<slug:key>/", sections.section, name="section"),
    path(f"{_own}/section/<slug:key>/save/", sections.save, name="save"),
    path(f"{_own}/check/", checking.ask_check, name="ask_check"),
    path(f"{_own}/lock/", assessment.lock, name="lock"),
    path(f"{_own}/written/", assessment.written, name="written"),
    path(f"{_own}/grade/<slug:key>/", assessment.change_grade, name="change_grade"),
    path(f"{_own}/submit/", assessment.submit, name="submit"),
    path(f"{_own}/hand-in/", taking_part.hand_in_part, name="hand_in"),
    path(f"{_own}/known-family/", assessment.known_family, name="known_family"),
    path(f"{_own}/actions/", findings.actions, name="actions"),
    path(f"{_own}/actions/<int:pk>/remove/", findings.remove_action, name="action_remove"),
    path(f"{_own}/wider-findings/", findings.wider, name="wider_findings"),
    path(f"{_own}/wider-findings/<int:pk>/remove/", findings.remove_wider, name="wider_finding_remove"),
]

# The outcome until it is final, and what looks at it again.
urlpatterns += [
    path(f"{_audit}/facts/", outcome.facts, name="facts"),
    path(f"{_audit}/facts/confirm/", outcome.confirm, name="confirm"),
    path(f"{_audit}/facts/<int:pk>/", outcome.answer, name="answer_correction"),
    path("re-audits/<int:pk>/", re_audits.re_audit, name="re_audit"),
]

urlpatterns += [
    path("action-position/", marks.positions, name="positions"),
    path("patterns/<int:pk>/", marks.pattern, name="pattern"),
]
urlpatterns += [path("framework-preview/", framework_preview.framework_preview, name="framework_preview")]

# What audits look at, and cases that somebody chooses.
urlpatterns += [
    path("themes/", themes.theme_list, name="themes"),
    path("themes/<month:period>/", themes.plan_theme_of, name="plan_theme"),
    path("programmes/new/", themes.plan_programme_page, name="new_programme"),
    path("programmes/<int:pk>/", themes.programme, name="programme"),
    path("programmes/<int:pk>/change/", themes.plan_programme_page, name="change_programme"),
    path("performance-questions/", themes.question_list, name="performance_questions"),
    path("performance-questions/new/", themes.ask_question, name="ask_question"),
    path("performance-questions/<int:pk>/", themes.question, name="performance_question"),
    path("months/<month:period>/quota/", quotas.month_quota, name="month_quota"),
    path("months/<month:period>/list/", quotas.month_list, name="month_list"),
    path("choices/<int:pk>/exchange/", quotas.exchange, name="exchange_case"),
    path("choices/<int:pk>/", quotas.choose, name="choose"),
    path("auditors/", quotas.experience, name="experience"),
    path("auditors/<int:pk>/", quotas.edit_experience, name="edit_experience"),
    path(f"{_audit}/group/", quotas.group, name="group"),
    path("put-forward/", extras.extra_list, name="extras"),
    path("put-forward/new/", extras.add_extra, name="add_extra"),
    path("put-forward/<int:pk>/", extras.extra, name="extra"),
]
