#!/bin/sh
# Judges a pull request on a host that has no template of its own: guard, affected environments, and
# one check of all of them.
#
# Usage: pull-request.sh TARGET_BRANCH REPORTS, in a checkout of the change with its whole history.
# Call the one of the Lockgate that judges, never one of the change.
set -eu

target=$1
reports=$2
# The target branch as it is now: an old branch must not bring the rules of its time.
if ! base=$(git rev-parse --verify --quiet "refs/remotes/origin/$target^{commit}"); then
  echo "error: origin/$target is not here: check out the whole history, with all branches." >&2
  exit 2
fi
lockgate guard --base "$base"
lockgate affected --base "$base"
# On a line of its own: what fails within an argument fails nothing.
matrix=$(lockgate affected --base "$base" --matrix gitlab)
names=$(printf '%s' "$matrix" | python3 -I -c '
import json, sys
print(*(name for each in json.load(sys.stdin) for name in each["ENVIRONMENT"]))')
# The names are those of jobs: they hold nothing that a shell would take apart.
set -- $names
if [ "$#" -eq 0 ]; then
  echo "No environment can be altered by this change."
  exit 0
fi
lockgate check "$@" --base "$base" --report "$reports"
