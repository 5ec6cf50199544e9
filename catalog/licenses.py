"""Licences of a version as the Hub wants them told (model cards and datasets, `license` metadata)."""

from catalog import summary
from catalog.manifest import Manifest

# SPDX identifiers whose lower-case form the Hub knows (hub-docs, repositories-licenses.md) and corpora may carry.
_HUB = frozenset({
    "apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0",
    "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-3.0",
    "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "odc-by", "odbl", "pddl", "gfdl",
    "etalab-2.0",
})  # fmt: skip
_SPDX_TO_HUB = {"odc-by-1.0": "odc-by", "odbl-1.0": "odbl", "pddl-1.0": "pddl", "gfdl-1.3": "gfdl", "gfdl-1.2": "gfdl"}


def hub_fields(manifest: Manifest) -> dict[str, str | list[str]]:
    """`license` (with `license_name`, `license_link`): one id, a list, or `other` when the Hub does not know one."""
    stated = [key[0] for key in summary.amounts(manifest, "license")]
    ids = sorted({_hub_id(license) for license in stated})
    if ids and all(ids):
        return {"license": ids[0] if len(ids) == 1 else ids}
    name = "mixed" if len(stated) > 1 else stated[0].lower().replace(" ", "-") if stated else "none"
    return {"license": "other", "license_name": name, "license_link": "LICENSES.md"}


def link(license: str) -> str | None:
    """Where the text of an SPDX licence is; None for LicenseRef-* and what is not stated."""
    if license == summary.NOT_STATED or license.startswith("LicenseRef-"):
        return None
    return f"https://spdx.org/licenses/{license}.html"


def _hub_id(license: str) -> str:
    lower = license.lower()
    lower = _SPDX_TO_HUB.get(lower, lower)
    return lower if lower in _HUB else ""
