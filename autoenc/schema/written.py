"""The names that tables and `--json` have for fields, where they are older than the field's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

WRITTEN_NAMES: Mapping[str, str] = {"concurrent_jobs": "beside"}  # since version 0.2


def written_name(field_name: str) -> str:
    """What the column or JSON member of this field is called."""
    return WRITTEN_NAMES.get(field_name, field_name)


def as_written(value: Any) -> dict[str, Any]:
    """All fields of a dataclass value, under the names that are written."""
    return {written_name(name): content for name, content in asdict(value).items()}
