"""What the pages of classes send: checked once, with a sentence for what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatapp.fields import TextField
from tutor.models import Course

FURTHEST = timedelta(days=366)


class ClassForm(forms.Form):
    """A new class."""

    title = TextField(
        max_length=80, error_messages={"required": _("Give the class a name.")}
    )
    course = forms.ModelChoiceField(
        Course.objects.none(),
        to_field_name="slug",
        error_messages={
            "required": _("Choose a course."),
            "invalid_choice": _("This course is no longer there. Choose another one."),
        },
    )
    teacher_name = TextField(
        max_length=60,
        error_messages={"required": _("Write the name your learners know you by.")},
    )

    def __init__(self, *args: Any, courses: QuerySet[Course]) -> None:
        super().__init__(*args)
        field = self.fields["course"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = courses


class JoinForm(forms.Form):
    """A learner's place in a class."""

    name = TextField(
        max_length=60,
        error_messages={"required": _("Write the name your teacher knows you by.")},
    )
    shares = forms.BooleanField(required=False)


class HelpForm(forms.Form):
    """A question to the teacher."""

    question = TextField(
        max_length=1000,
        error_messages={
            "required": _("Write what you would like to ask."),
            "max_length": _("A question may have up to 1,000 characters."),
        },
    )
    concept = forms.CharField(max_length=100, required=False)


class AnswerForm(forms.Form):
    """The teacher's answer."""

    answer = TextField(
        max_length=2000,
        error_messages={
            "required": _("Write an answer first."),
            "max_length": _("An answer may have up to 2,000 characters."),
        },
    )


class AssignmentForm(forms.Form):
    """Concepts of the course, and the day until whose end they are to be practised."""

    title = TextField(
        max_length=120, error_messages={"required": _("Give the assignment a title.")}
    )
    note = TextField(max_length=1000, required=False)
    concepts = forms.MultipleChoiceField(
        error_messages={
            "required": _("Choose at least one concept."),
            "invalid_choice": _("The course has no such concept any more."),
        }
    )
    due_on = forms.DateField(
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": _("Choose the day it is due."),
            "invalid": _("This is no day. Write it as 2026-12-24."),
        },
    )

    def __init__(self, *args: Any, concepts: Sequence[tuple[str, str]]) -> None:
        super().__init__(*args)
        field = self.fields["concepts"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = concepts

    def clean_due_on(self) -> date:
        """A day that can still be kept."""
        due: date = self.cleaned_data["due_on"]
        today = timezone.localdate()
        if due < today:
            raise ValidationError(_("This day is over. Choose today or a later one."))
        if due > today + FURTHEST:
            raise ValidationError(_("Choose a day within the next year."))
        return due
