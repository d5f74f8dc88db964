"""Find, download and manage MLX models from the Hugging Face Hub."""

from ._version import __version__
from .downloader import MLXModelDownloader
from .errors import ModelDownloadError
from .records import MLXModelEntry, ModelInfo

__all__ = ["MLXModelDownloader", "MLXModelEntry", "ModelDownloadError", "ModelInfo", "__version__"]
