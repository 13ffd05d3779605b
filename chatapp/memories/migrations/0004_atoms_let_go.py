

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('memories', '0003_what_waits'),
    ]

    operations = [
        migrations.AlterField(
            model_name='atom',
            name='state',
            field=models.CharField(choices=[('pending', 'Pending'), ('saved', 'Saved'), ('failed', 'Failed'), ('withdrawn', 'Withdrawn'), ('deleted', 'Deleted'), ('masked', 'Masked'), ('forgotten', 'Forgotten')], default='pending', max_length=10),
        ),
        migrations.AddIndex(
            model_name='atom',
            index=models.Index(condition=models.Q(('state', 'withdrawn')), fields=['created_at'], name='atom_to_delete'),
        ),
    ]
