#!/bin/sh
# run.sh TEST...: runs every cmocka binary, as many at a time as there are processors, prints what
# failed, and ends with what failed, in short, and the one line that counts: "N passed, N failed, N
# skipped". A binary that dies before its summary counts as one failure, and so does one that has not
# ended after LONGEST seconds, which is several times what the slowest takes under a sanitizer.
set -u
LONGEST=600

# run.sh --one COUNTS TEST: one of them; its counts go to a line of the file COUNTS.
if [ "$1" = --one ]; then
    counts=$2 test=$3
    log=$(mktemp)
    report=$(mktemp)
    trap 'rm -f "$log" "$report"' EXIT
    count() { # PATTERN: the number in front of "test(s)" on cmocka's summary line of that kind, or 0
        sed -n "s/^\[  $1 *\] \([0-9]*\) test(s).*/\1/p" "$log" | tail -n 1 | grep . || echo 0
    }

    started=$(date +%s)
    # A shell's background job inherits that some signals are ignored; the programs heed that.
    timeout --kill-after=10 "$LONGEST" env --default-signal=HUP,INT,QUIT "$test" >"$log" 2>&1
    status=$?
    p=$(count 'PASSED') f=$(count 'FAILED') s=$(count 'SKIPPED')
    if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
        f=1
    fi
    if [ "$p" -eq 0 ] && [ "$f" -eq 0 ] && [ "$s" -eq 0 ]; then
        f=1 # a test program that ran no test is a failure, not a success
    fi
    echo "$p $f $s" >>"$counts"
    if [ "$f" -ne 0 ]; then
        echo "FAILED $test (status $status)"
        grep -vE '^\[ (RUN     |      OK) \]' "$log" | tail -n 60
        # Of what failed first: what cmocka or the sanitizer says of it, and where.
        short=$(grep -E '^\[  ERROR   \]|: error: |ERROR: .*Sanitizer|: runtime error: ' "$log" | head -n 6)
        printf 'failed: %s (status %s)\n%s\n' "$test" "$status" "$short" >>"$counts.failed"
    else
        echo "ok     ${test#"${KEYFALL_BUILD:-build}"/tests/}: $p passed$([ "$s" -eq 0 ] || echo ", $s skipped"), $(($(date +%s) - started)) s"
    fi >"$report"
    cat "$report" # at once, so that two don't mix
    exit 0
fi

counts=$(mktemp)
trap 'rm -f "$counts" "$counts.failed"' EXIT
: >"$counts.failed"
printf '%s\0' "$@" | xargs -0 -n 1 -P "$(nproc)" "$0" --one "$counts"

cat "$counts.failed"
# A line that is missing is a test of which nobody knows anything.
awk -v tests=$# '
    {passed += $1; failed += $2; skipped += $3}
    END {
        failed += tests - NR
        print passed + 0 " passed, " failed + 0 " failed, " skipped + 0 " skipped"
        exit failed > 0
    }' "$counts"
