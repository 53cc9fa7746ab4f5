#!/bin/sh
# Says clearly what is missing when there is no Python for us. Argument: the interpreter that make found, or nothing.
if [ -z "$1" ] || ! "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
    found=$( ("${1:-python3}" --version || python3 --version) 2>&1 | head -n 1)
    echo "Wracam needs Python 3.11, 3.12 or 3.13; found: ${found:-none}." >&2
    echo "Install one and run again, or name it: make PYTHON=/path/to/python3.11 setup" >&2
    exit 1
fi
if ! "$1" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "$("$1" --version) lacks the venv module. On Debian or Ubuntu: apt install python3-venv" >&2
    exit 1
fi
