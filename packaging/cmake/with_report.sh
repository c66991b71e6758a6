#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# with_report.sh REPORT COMMAND...: runs COMMAND with its messages in REPORT; shows them if it fails, warnings always.
report=$1
shift
if "$@" 2>"$report"; then
    grep -i -A 3 warning "$report" || true
else
    cat "$report" >&2
    exit 1
fi
