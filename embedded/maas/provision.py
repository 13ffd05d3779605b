"""The site's own tenant, workspace and key: made once, found again ever after."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from django.utils.text import slugify

from embedded.maas.access import PREFIX, digest, new_key, register_key
from embedded.maas.models import ApiKey, Tenant, Workspace

KEY_FILE = "maas.key"


def site_key(var_dir: Path, workspace_id: str, service_source: str) -> str:
    """The key with which the site calls its embedded memory service.

    It lies in `var_dir`/maas.key, readable by its user only. Web and worker may ask at
    the same moment: the file decides whose key it is. When the database was emptied
    since, tenant and workspace are made again for the same key.
    """
    key = _kept_key(Path(var_dir) / KEY_FILE)
    issue(workspace_id, service_source, key=key, label="this site")
    return key


def issue(
    workspace_id: str,
    service_source: str,
    *,
    more: Iterable[str] = (),
    tenant_slug: str = "",
    key: str = "",
    label: str = "",
) -> str:
    """Make what is missing of tenant, workspaces and key; the key is returned.

    `more` are further workspaces of the same key. A new key's tenant is `tenant_slug`,
    or is named after `workspace_id`; a known key keeps its tenant. A key that was
    revoked stays revoked.
    """
    key = key or new_key()
    known = ApiKey.objects.filter(digest=digest(key)).select_related("tenant").first()
    name = tenant_slug or workspace_id
    tenant = known.tenant if known else _tenant(name, service_source)
    for each in (workspace_id, *more):
        workspace, _ = Workspace.objects.get_or_create(tenant=tenant, name=each)
        register_key(key, tenant, workspace, label=label)
    return key


def _tenant(name: str, service_source: str) -> Tenant:
    tenant, _ = Tenant.objects.get_or_create(
        slug=slugify(name)[:100] or digest(name)[:16],
        defaults={"name": name[:200], "service_source": service_source},
    )
    return tenant


def _kept_key(path: Path) -> str:
    try:
        return _read(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    # Written whole beside it, then linked: nobody ever reads half a key.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(new_key() + "\n")
        os.link(draft, path)
    except FileExistsError:  # another process was quicker; its key it is
        pass
    finally:
        draft.unlink()
    return _read(path)


def _read(path: Path) -> str:
    key = path.read_text(encoding="ascii").strip()
    if not key.startswith(PREFIX):
        msg = f"{path} does not hold a key of the memory service; remove it."
        raise RuntimeError(msg)
    return key
