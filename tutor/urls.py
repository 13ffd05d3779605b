"""Addresses of the tutor."""

from __future__ import annotations

from django.urls import include, path

from tutor import course_pages, views
from tutor.classes import member_views as member
from tutor.classes import views as classes
from tutor.people import bringing
from tutor.people import views as people

app_name = "tutor"
me = [
    path("", people.me, name="me"),
    path("why/<slug:course>/<slug:kind>/<path:key>/", people.why, name="why"),
    path("claims/<uuid:pk>/<slug:said>/", people.answer, name="answer"),
    path("export/<slug:kind>/", people.download, name="export"),
    path("import/", bringing.bring, name="import"),
    path("classes/<uuid:pk>/consent/", member.consent, name="consent"),
    path("classes/<uuid:pk>/leave/", member.leave, name="leave"),
    path("classes/<uuid:pk>/ask/", member.ask, name="ask"),
    path("questions/<int:pk>/take-back/", member.take_back, name="take_back"),
    path("ended/<int:pk>/read/", member.read_ending, name="read_ending"),
]
room = [
    path("", classes.classroom, name="class"),
    path("invitation/", classes.invite, name="invite"),
    path("assignments/", classes.assign, name="assign"),
    path("assignments/<int:assignment>/delete/", classes.withdraw, name="withdraw"),
    path("questions/<int:asked>/answer/", classes.answer, name="answer_question"),
    path("learners/<int:membership>/", classes.learner, name="learner"),
    path(
        "learners/<int:membership>/why/<slug:kind>/<path:key>/",
        classes.learner_why,
        name="learner_why",
    ),
    path("learners/remove/", classes.remove, name="remove"),
    path("export/<slug:table>.csv", classes.download, name="class_export"),
    path("delete/", classes.delete, name="delete_class"),
]
urlpatterns = [
    path("", views.courses, name="courses"),
    # Before the courses: none may be called "lessons", "me" or "classes".
    path("lessons/", include("tutor.lessons.urls")),
    path("me/", include(me)),
    path("classes/", classes.classes, name="classes"),
    path("classes/join/<str:token>/", member.join_class, name="join"),
    path("classes/<uuid:pk>/", include(room)),
    path("courses/", course_pages.own, name="own_courses"),
    path("courses/import/", course_pages.bring, name="bring_course"),
    path("courses/example/", course_pages.example, name="example_course"),
    path("courses/<slug:slug>/", course_pages.course, name="course"),
    path("courses/<slug:slug>/files/", course_pages.files, name="course_files"),
    path("courses/<slug:slug>/remove/", course_pages.remove, name="remove_course"),
    path("<slug:slug>/start/", views.start, name="start"),
]
