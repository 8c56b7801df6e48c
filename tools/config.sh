#!/bin/sh
# config.sh: prints, as Makefile variables, how to compile and link against each library.
set -eu

modules='libssl libcrypto libgcrypt libpcap zlib jansson cmocka'
cflags=''
for module in $modules; do
    pkg-config --exists "$module" || continue
    name=$(echo "$module" | tr '[:lower:]' '[:upper:]')
    cflags="$cflags $(pkg-config --cflags "$module")"
    echo "${name}_LIBS := $(pkg-config --libs "$module")"
done
echo "PACKAGES_CFLAGS := $(echo "$cflags" | xargs)"
