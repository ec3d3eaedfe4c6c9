"""A public data set is brought to this machine."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from autoenc import datasets
from autoenc.schema import Download, Record, Snapshot, State


@dataclass(frozen=True)
class DownloadJob:
    """Bring a public data set to this machine."""

    dataset: str

    @property
    def job_id(self) -> str:
        return f"download-{self.dataset}"

    @property
    def title(self) -> str:
        return f"Download of {datasets.title(self.dataset)}"

    def threads(self, share: int) -> int:
        return 0

    def needed_bytes(self) -> int:
        return 100_000_000  # the archive is unpacked piece by piece

    def needed_dataset(self) -> None:
        return None

    def stored(self) -> Snapshot | None:
        present = any(info.name == self.dataset and info.present for info in datasets.catalogue())
        return Snapshot(self.job_id, State.FINISHED, value=Download(self.dataset, 1, 1)) if present else None

    def run(self) -> Generator[Record, None, None]:
        yield from datasets.download(self.dataset)
