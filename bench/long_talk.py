"""A long conversation for the newest person of a running site; prints its address.

`python -m bench.long_talk COUNT`, run beside the site on its database.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    """Write the rows and tell where they are shown."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
    import django

    django.setup()
    from bench import histories
    from chatapp.accounts.models import User

    talk = histories.conversation(User.objects.latest("pk"), int(sys.argv[1]))
    print(json.dumps(talk.get_absolute_url()))


if __name__ == "__main__":
    main()
