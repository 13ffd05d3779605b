"""Addresses of conversations."""

from __future__ import annotations

from django.urls import path, re_path

from chatapp.conversations import (
    chip_views,
    compare_views,
    export_views,
    finding_views,
    import_views,
    keeping_views,
    memory_views,
    persona_views,
    preview_views,
    summary_views,
    theme_views,
    tree_views,
    views,
)

app_name = "conversations"
urlpatterns = [
    path("characters/preview/", preview_views.preview, name="preview"),
    path("compare/", compare_views.compare, name="compare"),
    path("turns/<uuid:pk>/used/", chip_views.used, name="used"),
    path("turns/<uuid:pk>/receipt/", chip_views.receipt, name="receipt"),
    path("turns/<uuid:pk>/receipt/undo/", chip_views.undo_receipt, name="undo_receipt"),
    path("turns/atoms/<int:pk>/", chip_views.chip, name="chip"),
    path("turns/atoms/<int:pk>/wrong/", chip_views.say_wrong, name="wrong"),
    path("find/", finding_views.find, name="find"),
    path("conversations/", keeping_views.conversations, name="list"),
    path(
        "conversations/folders/<int:pk>/",
        keeping_views.change_folder,
        name="change_folder",
    ),
    path("conversations/import/", import_views.import_chats, name="import"),
    path("c/<uuid:pk>/keep/", keeping_views.keep, name="keep"),
    path("c/<uuid:pk>/rename/", keeping_views.rename, name="rename"),
    path("c/<uuid:pk>/pin/", keeping_views.pin, name="pin"),
    path("c/<uuid:pk>/archive/", keeping_views.archive, name="archive"),
    path("c/<uuid:pk>/theme/", theme_views.choose_theme, name="theme"),
    path("c/<uuid:pk>/move/", keeping_views.move, name="move"),
    re_path(
        r"^c/(?P<pk>[0-9a-f-]{36})/export\.(?P<kind>md|json|html)$",
        export_views.export,
        name="export",
    ),
    path("c/<uuid:pk>/exports/", export_views.prepared, name="prepared"),
    path("c/<uuid:pk>/exports/<str:kind>/", export_views.prepare, name="prepare"),
    path("exports/<uuid:pk>/", export_views.download, name="download"),
    path("c/<uuid:pk>/m/<uuid:message>/", finding_views.read_passage, name="passage"),
    path("c/<uuid:pk>/m/<uuid:message>/show/", finding_views.show_version, name="show"),
    path("c/<uuid:pk>/", views.open_page, name="open"),
    path("c/<uuid:pk>/send/", views.send, name="send"),
    path("c/<uuid:pk>/persona/", persona_views.speak_as, name="persona"),
    path("c/<uuid:pk>/stop/", views.stop, name="stop"),
    path(
        "c/<uuid:pk>/m/<uuid:message>/continue/", views.continue_reply, name="continue"
    ),
    path("c/<uuid:pk>/transcript/", tree_views.transcript, name="transcript"),
    path("c/<uuid:pk>/transcript/fill/", tree_views.fill, name="fill"),
    path("c/<uuid:pk>/undo/<uuid:deletion>/", tree_views.undo, name="undo"),
    path("c/<uuid:pk>/m/<uuid:message>/edit/", tree_views.edit, name="edit"),
    path(
        "c/<uuid:pk>/m/<uuid:message>/regenerate/",
        tree_views.regenerate,
        name="regenerate",
    ),
    path("c/<uuid:pk>/m/<uuid:message>/select/", tree_views.select, name="select"),
    path("c/<uuid:pk>/m/<uuid:message>/branch/", tree_views.branch, name="branch"),
    path("c/<uuid:pk>/m/<uuid:message>/delete/", tree_views.delete, name="delete"),
    path("c/<uuid:pk>/summary/", summary_views.summary, name="summary"),
    path("c/<uuid:pk>/summary/anew/", summary_views.anew, name="summary_anew"),
    path("c/<uuid:pk>/memory/", memory_views.panel, name="memory"),
    path(
        "c/<uuid:pk>/off-record/", memory_views.keep_off_record, name="keep_off_record"
    ),
]
