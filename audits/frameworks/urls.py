from django.urls import URLPattern, URLResolver, path

from audits.frameworks.views import drafts, items, lists, reading, rules

app_name = "frameworks"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", reading.document, name="document"),
    path("versions/<int:number>/text/", reading.text, name="text"),
    path("versions/<int:number>/changes/", drafts.version_changes, name="version_changes"),
    path("draft/", drafts.draft, name="draft"),
    path("draft/start/", drafts.start, name="start_draft"),
    path("draft/text/", drafts.text, name="draft_text"),
    path("draft/download/", drafts.download, name="draft_download"),
    path("draft/changes/", drafts.changes, name="draft_changes"),
    path("draft/follow/", drafts.follow, name="draft_follow"),
    path("draft/publish/", drafts.publish, name="publish"),
    path("draft/give-up/", drafts.discard, name="discard_draft"),
    path("draft/section/<slug:key>/", drafts.section, name="draft_section"),
    path("draft/rule/<str:where>/", rules.rule, name="rule"),
    path("draft/rule/<str:where>/<slug:part>/", rules.rule, name="rule"),
    path("draft/confirm/<str:where>/", rules.confirm, name="confirm"),
    path("draft/confirm/<str:where>/<slug:part>/", rules.confirm, name="confirm"),
    path("draft/lists/", lists.lists, name="lists"),
    path("draft/list/<str:where>/", lists.one_list, name="list"),
    path("draft/add/<str:where>/", lists.add, name="add_rule"),
    path("draft/take-out/<str:where>/<str:item>/", lists.take_out, name="take_out_rule"),
    path("draft/item/<str:where>/<str:item>/", items.change, name="change_item"),
    path("draft/move/<str:where>/<str:item>/", items.move, name="move_rule"),
    path("<slug:key>/", reading.section, name="section"),
]
