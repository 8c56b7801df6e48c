#!/bin/sh
# run.sh TEST...: runs every cmocka binary, prints what failed, and ends with the one line that counts:
# "N passed, N failed, N skipped". A binary that dies before its summary counts as one failure.
set -u

passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

count() { # PATTERN: the number in front of "test(s)" on cmocka's summary line of that kind, or 0
    sed -n "s/^\[  $1 *\] \([0-9]*\) test(s).*/\1/p" "$log" | tail -n 1 | grep . || echo 0
}

for test in "$@"; do
    started=$(date +%s)
    "$test" >"$log" 2>&1
    status=$?
    p=$(count 'PASSED') f=$(count 'FAILED') s=$(count 'SKIPPED')
    if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
        f=1
    fi
    if [ "$p" -eq 0 ] && [ "$f" -eq 0 ] && [ "$s" -eq 0 ]; then
        f=1 # a test program that ran no test is a failure, not a success
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    if [ "$f" -ne 0 ]; then
        echo "FAILED $test (status $status)"
        grep -vE '^\[ (RUN     |      OK) \]' "$log" | tail -n 60
    else
        echo "ok     ${test#"${KEYFALL_BUILD:-build}"/tests/}: $p passed$([ "$s" -eq 0 ] || echo ", $s skipped"), $(($(date +%s) - started)) s"
    fi
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
