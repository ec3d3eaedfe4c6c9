"""What can go wrong, as one small tree.

    AutoencError              every expected failure: its text is one sentence for the person at the screen
    ├── ConfigError           a setting is unknown or out of range; nothing has been started
    ├── DatasetError          images are missing, broken, or cannot be imported
    │   └── DatasetMissing    the files are not there; downloading them would help
    │       └── DatasetUnknown    nothing of this name is here; a ConfigError too
    ├── PictureError          a picture from outside cannot be read, or is too large
    ├── CompressionError      images cannot be made a compressed file, or a compressed file cannot be opened
    │   └── StepTooFine       a larger step would help
    ├── ExportError           a trained model cannot be written for other programs
    ├── ShapeError            two arrays do not fit together
    ├── TrainingDiverged      the loss became NaN or infinite
    └── CheckpointError       a run's file cannot be read or written
        ├── RunUnknown        there is no such run
        ├── RunNewer          a newer version of this program wrote the file: it is neither read nor replaced
        └── RunBusy           another process is writing this run now

An error that is not in the tree is a defect of ours and may show a traceback.
"""


class AutoencError(Exception):
    """An expected failure; `str(error)` is one sentence that says what to do next."""


class ConfigError(AutoencError, ValueError):
    """A setting is unknown or out of range."""


class DatasetError(AutoencError):
    """A data set cannot be used."""


class DatasetMissing(DatasetError):
    """A data set's files are not on this machine."""


class DatasetUnknown(DatasetMissing, ConfigError):
    """No data set has this name: it is mistyped, or an image folder that has gone."""


class PictureError(AutoencError):
    """A picture from outside cannot be used."""


class CompressionError(AutoencError):
    """Images cannot be compressed as asked for, or a compressed file cannot be opened."""


class StepTooFine(CompressionError):
    """Codes cannot be rounded to so small a step."""


class CodeError(AutoencError):
    """The codes of a model cannot be used."""


class ExportError(AutoencError):
    """A trained model cannot be written for other programs."""


class ShapeError(AutoencError, ValueError):
    """Two arrays that must have the same shape have not."""


class TrainingDiverged(AutoencError):
    """The loss became NaN or infinite."""


class CheckpointError(AutoencError):
    """A run's file cannot be read or written."""


class RunUnknown(CheckpointError):
    """There is no run of this name."""


class RunNewer(CheckpointError):
    """A newer version of this program wrote the run's file."""


class RunBusy(CheckpointError):
    """Another process is writing this run now."""
