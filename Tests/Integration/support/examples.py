"""The programs of Examples/."""

import os

import pytest

from .pooler import binary


def program(name):
    """The example that was built beside the binary under test."""
    path = os.path.join(os.path.dirname(binary()), name)
    if not os.access(path, os.X_OK):
        pytest.skip(f"{path} is not built")
    return path
