"""The check comes behind the rows' own change: one transaction can not do both."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("tutor", "0007_courses_and_classes_end")]

    operations = [
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner", None), ("brought", True), _connector="OR"),
                name="tutor_owned_courses_were_brought",
            ),
        ),
    ]
