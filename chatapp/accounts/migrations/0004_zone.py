"""In which zone a person's times are shown; empty until their browser has named it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0003_how_they_read"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="zone",
            field=models.CharField(blank=True, max_length=64),
        ),
    ]
