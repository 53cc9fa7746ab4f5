#!/bin/sh
# Resolves requirements/*.in into locks with hashes, for every Python and platform we support.
# Argument: a Python with pip. uv lives in a scratch environment, so that it is no dependency of ours.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$1" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check uv
for name in base dev; do
    "$scratch/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
        "requirements/$name.in" --output-file "requirements/$name.lock"
done
