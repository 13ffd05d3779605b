"""A teacher's account can go: courses in use stay, classes end and say so."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import tutor.models.owning


def mark_brought(apps, schema_editor):  # type: ignore[no-untyped-def]  # Django's shape
    """Until now a course was a teacher's own exactly when it had an owner."""
    apps.get_model("tutor", "Course").objects.exclude(owner=None).update(brought=True)


def by_part(apps, schema_editor):  # type: ignore[no-untyped-def]  # Django's shape
    """The groups that were shown so far are those of whole classes."""
    for room in apps.get_model("tutor", "Classroom").objects.iterator():
        if isinstance(room.published, list):
            room.published = {"": room.published}
            room.save(update_fields=["published"])


class Migration(migrations.Migration):

    dependencies = [
        ("tutor", "0006_courses_outlive_accounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="course",
            name="brought",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(mark_brought, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="course",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=tutor.models.owning.let_go,
                related_name="courses",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="course",
            name="tutor",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="course",
                to="characters.character",
            ),
        ),
        migrations.AlterField(
            model_name="classroom",
            name="published",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.RunPython(by_part, migrations.RunPython.noop),
        migrations.AddField(
            model_name="classroom",
            name="seen",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.CreateModel(
            name="EndedClass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("title", models.CharField(max_length=80)),
                ("course_title", models.CharField(max_length=120)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("class", "Class"),
                            ("account", "Account"),
                            ("removed", "Removed"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ended_classes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ("at", "pk")},
        ),
    ]
