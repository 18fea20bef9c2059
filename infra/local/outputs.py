"""Prints a stack's outputs as one JSON object. Runs in the virtual environment, with its AWS settings."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from deployed import outputs

if __name__ == "__main__":
    print(json.dumps(outputs(sys.argv[1])))
