"""The job library asks for each job which others have its lock: without an index, a
backlog of ten thousand due jobs takes seconds for each job that is fetched."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("memories", "0004_atoms_let_go"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX anchorage_jobs_of_lock"
            " ON procrastinate_jobs (lock, priority, id)"
            " WHERE status IN ('todo', 'doing')",
            "DROP INDEX anchorage_jobs_of_lock",
        )
    ]
