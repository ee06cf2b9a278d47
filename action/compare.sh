#!/usr/bin/env bash
# Score (where asked), compare, and write the summary: the last step of action.yml. Exit codes are the harness's.
set -euo pipefail
summary="${RUNNER_TEMP:?}/mt-harness-summary.md"
options=(--results "${RESULTS:-results}" --format github)

if [ -n "${SCORE:-}" ]; then
    # Unquoted on purpose: words are split and patterns of files expanded, but nothing in them is run.
    # shellcheck disable=SC2086
    "$HARNESS" score $SCORE --results "${RESULTS:-results}"
fi

read -ra runs <<<"${RUNS:-}"
read -ra metrics <<<"${METRIC:-}"
for metric in ${metrics[@]+"${metrics[@]}"}; do options+=(--metric "$metric"); done
if [ -n "${BASELINE:-}" ]; then options+=(--baseline "$BASELINE"); fi
if [ "${GATE:-true}" = true ]; then
    options+=(--fail-if-worse)
    if [ -n "${TOLERANCE:-}" ]; then options+=(--tolerance "$TOLERANCE"); fi
fi

code=0
"$HARNESS" compare ${runs[@]+"${runs[@]}"} "${options[@]}" >"$summary" || code=$?
cat "$summary" >>"${GITHUB_STEP_SUMMARY:?}"
case "$code:${GATE:-true}" in
    0:true) verdict=passed ;;
    0:*) verdict=compared ;;
    1:*) verdict=failed ;;
    *) exit "$code" ;; # nothing to compare, or a command that cannot be used: its line is in the log
esac
{
    echo "verdict=$verdict"
    echo "summary=$summary"
} >>"${GITHUB_OUTPUT:?}"
exit "$code"
