from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("memories", "0013_atoms_in_the_order_of_the_panel"),
    ]

    operations = [
        migrations.CreateModel(
            name="Orphan",
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
                ("maas_id", models.CharField(max_length=200, unique=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    ]
