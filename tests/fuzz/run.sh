#!/bin/sh
# run.sh SECONDS TARGET...: lets each fuzz target look for that long, one after the other, beginning
# with what the fixtures hold. What it has found so far is kept, so that the next run goes on from
# there. Inputs that make a target crash, leak, hang or take too much memory are left in the folder
# of the targets, and make this fail.
set -u

seconds=$1
shift
build=${KEYFALL_BUILD:-build/fuzz}
seeds=$build/seeds
failed=0

# What a target is given to begin with. Those of the parsers come out of the recordings.
make_seeds() {
    mkdir -p "$seeds/run" "$seeds/leaks" "$seeds/inflater" "$seeds/sslv2_hello" "$seeds/agreement"
    for folder in fixtures/*/; do
        name=$(basename "$folder")
        "$build/make_seeds" "$seeds" "$name" "$folder/recording.pcap" || return 1
        cp "$folder/recording.pcap" "$seeds/run/$name"
        gzip -c "$folder/recording.pcap" >"$seeds/run/$name.gz"
        for leak in "$folder"/*.pem "$folder"/*.key "$folder/server.crt" "$folder/keylog.txt"; do
            [ ! -e "$leak" ] || cp "$leak" "$seeds/leaks/$name-$(basename "$leak")"
        done
    done
    printf '\0\013x\234K\4\0\0b\0b' >"$seeds/inflater/a"
    printf '\200\034\1\3\3\0\3\0\0\0\020\0\0\057challenge-of-16-' >"$seeds/sslv2_hello/a"
    printf 'KEYFALLG\1\1sixteen-bytes-id\1\0\2\1\1\0\0\0\3abc' >"$seeds/agreement/value"
    printf 'KEYFALLG\1\2sixteen-bytes-id\1\0\2\1\0\0\0\0\35123456789012abcdefghijklmnopq' >"$seeds/agreement/sealed"
}

# Other forms of the keys and recordings; whatever tool is missing, makes fewer seeds.
make_more_seeds() {
    openssl pkcs8 -topk8 -in fixtures/rsa/server.key -outform DER -passout pass:secret -out "$seeds/leaks/pkcs8.der"
    openssl pkcs12 -export -in fixtures/rsa/server.crt -inkey fixtures/rsa/server.key -passout pass:secret -out "$seeds/leaks/pkcs12"
    openssl pkey -in fixtures/rsa/server.key -outform DER -out "$seeds/leaks/plain.der"
    openssl x509 -in fixtures/rsa/server.crt -outform DER -out "$seeds/certificate/der"
    for name in rsa tls13 ecdhe-dtls12-openssl; do
        editcap -F pcapng --inject-secrets "tls,fixtures/$name/keylog.txt" "fixtures/$name/recording.pcap" "$seeds/run/$name.pcapng"
    done
}

mkdir -p "$build/outputs"
make_seeds || exit 1
make_more_seeds >/dev/null 2>&1

for target in "$@"; do
    stem=$(basename "$target" | sed 's/^fuzz_//')
    mkdir -p "$build/corpus/$stem" "$seeds/$stem"
    echo "== $stem"
    # 64 KiB: more than the longest seed, and short enough to be tried often.
    if ! "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=65536 -verbosity=1 \
        -print_final_stats=1 -artifact_prefix="$build/$stem-" "$build/corpus/$stem" "$seeds/$stem" \
        >"$build/$stem.log" 2>&1; then
        echo "fuzz: $stem has failed; the input is one of $build/$stem-*, and the log ends with:"
        tail -n 60 "$build/$stem.log"
        failed=1
    fi
    grep -E 'cov: [0-9]+' "$build/$stem.log" | tail -n 1
    grep -E '^stat::(number_of_executed_units|average_exec_per_sec|peak_rss_mb)' "$build/$stem.log"
done
exit $failed
