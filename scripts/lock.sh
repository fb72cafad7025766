#!/bin/sh
# Write constraints.txt: the newest versions pyproject.toml allows, resolved with the oldest supported Python.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3.11}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check '.[dev]'
{
    echo "# The versions niaga was tested with, Python 3.11 to 3.13. No index is named here: pip uses the one it is set up with."
    echo "# Renew: make lock"
    "$folder/venv/bin/python" -m pip freeze --exclude niaga
} > constraints.txt
