from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('characters', '0006_themes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='persona',
            name='purged_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='persona',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False), ('purged_at', None)), fields=['deleted_at'], name='persona_to_purge'),
        ),
    ]
