#!/bin/sh
# setup.sh SCOPE...: makes sure that what a build (scope "build"), the tests ("test"), all the checks
# of CI ("ci") or the fuzz targets ("fuzz") need is there. What is missing is installed with apt, as root or by a sudo
# that asks nothing; where that can't be done, it says the one command to run and fails.
# When nothing is missing it says and does nothing.
set -eu

missing=''
need_package() { # MODULE DEBIAN-PACKAGE: a library that pkg-config must know
    pkg-config --exists "$1" 2>/dev/null || missing="$missing $2"
}
need_command() { # COMMAND DEBIAN-PACKAGE
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need_clang_runtime() { # what a fuzz target is linked with
    echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' |
        clang -fsanitize=fuzzer,address,undefined -x c -o /dev/null - 2>/dev/null || missing="$missing libclang-rt-dev"
}
need_header() { # HEADER DEBIAN-PACKAGE: a header-only library without a pkg-config file
    echo "#include <$1>" | ${CC:-gcc} -E -x c - >/dev/null 2>&1 || missing="$missing $2"
}

for scope in "$@"; do
    case $scope in
    build)
        need_command "${CC:-gcc}" "${CC:-gcc}"
        need_header stdio.h libc6-dev
        need_command pkg-config pkg-config
        need_package openssl libssl-dev
        need_package libgcrypt libgcrypt20-dev
        need_package libpcap libpcap-dev
        need_package zlib zlib1g-dev
        need_package jansson libjansson-dev
        need_header uthash.h uthash-dev
        ;;
    test)
        need_package cmocka libcmocka-dev
        need_command openssl openssl
        ;;
    ci)
        need_command clang clang
        need_command clang-format clang-format
        need_command clang-tidy clang-tidy
        need_command cppcheck cppcheck
        need_command tshark tshark
        need_command tcpdump tcpdump
        need_command gnutls-cli gnutls-bin
        ;;
    fuzz)
        need_command clang clang
        need_clang_runtime
        ;;
    *)
        echo "setup.sh: no such scope: $scope" >&2
        exit 2
        ;;
    esac
done

[ -n "$missing" ] || exit 0
command_line="apt-get install -y --no-install-recommends$missing"

if ! command -v apt-get >/dev/null 2>&1; then
    echo "keyfall needs these Debian packages, or your system's own of the same content:$missing" >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    as_root=''
elif sudo -n true 2>/dev/null; then
    as_root='sudo -n'
else
    echo "keyfall needs packages that only root may install. Run this, then try again:" >&2
    echo "    sudo sh -c 'apt-get update && $command_line'" >&2
    exit 1
fi

echo "Installing what is missing:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A new machine has no package lists yet, and an old one has lists that name packages long gone.
# shellcheck disable=SC2086 # words are meant to be split
if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive $command_line; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "That did not work. Run this, then try again:" >&2
    echo "    sudo sh -c 'apt-get update && $command_line'" >&2
    exit 1
fi
