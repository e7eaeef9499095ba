"""The benchmark of script/bench: poolers side by side in one run. See Benchmarks/README.md."""

import os
import sys

#: The repository.
ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", ".."))

# The private PostgreSQL and the byte-level client are those of the integration tests.
sys.path.insert(0, os.path.join(ROOT, "Tests", "Integration"))
