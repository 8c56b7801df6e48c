#!/bin/sh
# lint.sh SOURCE... -- HEADER...: clang-format, the house rules, cppcheck, clang-tidy and, with its
# options in WARNINGS, what the compiler that it is made of warns of. Says what it finds and fails;
# says nothing else.
set -u

sources='' headers='' list=sources
for file in "$@"; do
    case $file,$list in
    --,*) list=headers ;;
    *,sources) sources="$sources $file" ;;
    *) headers="$headers $file" ;;
    esac
done
failed=0
complain() {
    echo "lint: $*" >&2
    failed=1
}

# shellcheck disable=SC2086 # the lists are meant to be split, here and below
clang-format --dry-run -Werror $sources $headers || complain "clang-format would write it otherwise: make format"

# --- House rules -------------------------------------------------------------

found=$(grep -nE '\b(sprintf|strcpy|strcat|strtok|atoi|atol|alloca|gets|system|popen|ntohs|ntohl)\(' $sources $headers) &&
    complain "functions that lose track of a length, or read the wire without asking:
$found"
found=$(grep -nE '(\.|->)at\[' $(echo $sources $headers | tr ' ' '\n' | grep -E '^(capture|attacker)/' | grep -v '^capture/bytes.h$')) &&
    complain "bytes from outside are read through bytes.h alone:
$found"
found=$(grep -nE '\b(TODO|FIXME|XXX)\b' $sources $headers) && complain "unfinished work:
$found"

# Arrows point one way: a file includes only what stands below it in docs of the architecture.
rank_of() {
    case $1 in
    capture/*) echo 0 ;;
    attacker/tls/* | attacker/groups/*) echo 1 ;;
    attacker/crypto/*) echo 2 ;;
    attacker/leaks/*) echo 3 ;;
    attacker/verdict* | attacker/opened_by* | attacker/key_usage.*) echo 4 ;;
    attacker/session.* | attacker/session_* | attacker/agreement.* | attacker/agreement_*) echo 5 ;;
    attacker/story/*) echo 6 ;;
    attacker/*) echo 7 ;;
    victim/*) echo 1 ;;
    esac
}
for file in $(echo $sources $headers | tr ' ' '\n' | grep -v '^tests/'); do
    own=$(rank_of "$file")
    for included in $(sed -n 's/^#include "\(.*\)"/\1/p' "$file"); do
        rank=$(rank_of "$included")
        if [ "$rank" -gt "$own" ] || { [ "${included%%/*}" != capture ] && [ "${included%%/*}" != "${file%%/*}" ]; }; then
            complain "$file includes $included, which stands above it or in another room"
        fi
    done
done
for stem in $(echo $sources | tr ' ' '\n' | sed 's|.*/||; s|\.c$||' | grep -vx main | sort | uniq -d); do
    complain "two files are called $stem.c"
done

# --- What the tools find -----------------------------------------------------

flags="-std=c11 -D_GNU_SOURCE -I. $(sed -n 's/^PACKAGES_CFLAGS := //p' build/config.mk 2>/dev/null) ${WARNINGS-}"
# ctuuninitvar takes an output parameter for an input.
cppcheck -j "$(nproc)" --quiet --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
    --suppress=missingIncludeSystem --suppress=unknownMacro --suppress=ctuuninitvar -D_GNU_SOURCE -I. $sources >&2 ||
    complain "cppcheck has found something"
# shellcheck disable=SC2016 # $1 is the inner shell's
# The analyzer follows every path, which takes most of the time; the tests' own paths are left to
# the sanitizers, under which they run.
echo $sources | tr ' ' '\n' | xargs -P "$(nproc)" -I{} sh -c '
    case $1 in tests/*) fewer=--checks=-clang-analyzer-* ;; *) fewer= ;; esac
    found=$(clang-tidy --quiet $fewer "$1" -- '"$flags"' 2>/dev/null) || { echo "$found"; exit 1; }' sh {} >&2 ||
    complain "clang-tidy has found something"

exit $failed
