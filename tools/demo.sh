#!/bin/sh
# demo.sh: the whole story in four acts. Run by `make demo`.
#
#   STEP=1   waits for Enter between the acts
#   LIVE=1   records with keyfall-capture on lo (needs CAP_NET_RAW) instead of inside the victim
#
# The table at the end is what really happened; where it is not what was expected, the demo fails.
set -eu

bin=${KEYFALL_BUILD:-build}
out=$bin/demo
message='transfer 1000 EUR to account 4711, password: open sesame'
exchanges='rsa dhe ecdhe tls13'

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') cyan=$(printf '\033[36m') plain=$(printf '\033[0m')
else
    bold='' cyan='' plain=''
fi

act() { # NUMBER TITLE
    if [ "${STEP:-}" = 1 ] && [ "$1" -gt 1 ]; then
        printf '\n%s[Enter]%s ' "$bold" "$plain"
        read -r _ || true
    fi
    printf '\n%s================================================================================%s\n' "$cyan" "$plain"
    printf '%s  Act %s: %s%s\n' "$bold" "$1" "$2" "$plain"
    printf '%s================================================================================%s\n\n' "$cyan" "$plain"
}
show() { # COMMAND...: what a listener would type
    printf '%s$ %s%s\n' "$bold" "$*" "$plain"
}
outcome_of() { # the outcome of the one session in the NDJSON on standard input
    sed -n 's/.*"outcome":"\([a-z]*\)".*/\1/p' | head -n 1
}

if [ ! -x "$bin/keyfall-victim" ] || [ ! -x "$bin/keyfall-attacker" ]; then
    echo "demo.sh: the programs are not built; run: make demo" >&2
    exit 1
fi
rm -rf "$out"
mkdir -p "$out"

# --- Act 1 --------------------------------------------------------------------

act 1 'the victim talks, four ways, and somebody records'
cat <<END
A client and a server hold the same conversation four times, over TLS, with the
same server key. Only the key exchange differs. Each packet is recorded.

END

record() { # KEY-EXCHANGE
    victim="--kx $1 --leaks $out/$1"
    [ "$1" = rsa ] || victim="$victim --key $out/rsa/server.key --cert $out/rsa/server.crt"
    if [ "${LIVE:-}" = 1 ]; then
        show "keyfall-capture -i lo -f tcp -w $1.pcap -- keyfall-victim exchange --kx $1 ..."
        # shellcheck disable=SC2086 # no name in $victim has a blank
        "$bin/keyfall-capture" -i lo -f tcp -w "$out/$1.pcap" -- \
            "$bin/keyfall-victim" exchange $victim --message "$message"
    else
        show "keyfall-victim exchange --kx $1 --record $1.pcap --message '...'"
        # shellcheck disable=SC2086
        "$bin/keyfall-victim" exchange $victim --record "$out/$1.pcap" --message "$message"
    fi
}
for kx in $exchanges; do
    record "$kx"
done

# --- Act 2 --------------------------------------------------------------------

act 2 'time passes; the key leaks'
key=$out/server.key
cp "$out/rsa/server.key" "$key"
cat <<END
Years later: a backup tape, a disk sold too early, a break-in, a court order.
The server's private key, the one that belongs to its certificate, is out.

END
show head -n 3 server.key
head -n 3 "$key"
echo '...'

# --- Act 3 --------------------------------------------------------------------

act 3 'the attacker tries the key on each recording'
rows=''
note() { # RECORDING KEY-EXCHANGE LEAK OUTCOME EXPECTED
    rows="$rows$(printf '%-12s %-14s %-16s %s' "$1" "$2" "$3" "$4")$([ "$4" = "$5" ] || echo "  <- expected: $5")
"
    [ "$4" = "$5" ] || surprised=1
}
surprised=0
try() { # KEY-EXCHANGE EXPECTED LEAK-NAME OPTION FILE
    show "keyfall-attacker $4 $(basename "$5") $1.pcap"
    "$bin/keyfall-attacker" "$4" "$5" "$out/$1.pcap" || [ $? -eq 1 ]
    echo
    line=$("$bin/keyfall-attacker" --json "$4" "$5" "$out/$1.pcap" || true)
    exchange=$(echo "$line" | sed -n 's/.*"key_exchange":"\([A-Za-z_]*\)".*/\1/p' | head -n 1)
    note "$1.pcap" "$exchange" "$3" "$(echo "$line" | outcome_of)" "$2"
}
try rsa decrypted 'server key' -k "$key"
for kx in dhe ecdhe tls13; do
    try "$kx" protected 'server key' -k "$key"
done

# --- Act 4 --------------------------------------------------------------------

act 4 'the control experiment'
cat <<END
Did it fail because it can't be done, or because the program can't do it? Give
it what never crossed the wire: the server's ephemeral key of each session.

END
for kx in dhe ecdhe tls13; do
    try "$kx" decrypted 'ephemeral key' --ephemeral "$out/$kx/ephemeral-1.pem"
done

# --- What happened --------------------------------------------------------------

printf '%s================================================================================%s\n\n' "$cyan" "$plain"
printf '%s%-12s %-14s %-16s %s%s\n' "$bold" recording 'key exchange' leak outcome "$plain"
printf '%s' "$rows"
cat <<END

With RSA key transport, who records now and gets the key later reads everything.
With Diffie-Hellman the secret never crosses the wire: forward secrecy.

Go on yourself. The recordings and what leaked lie in $out:
    $bin/keyfall-attacker -k $key $out/dhe.pcap
    wireshark $out/rsa.pcap     # the frame numbers above are its own
END
if [ $surprised -ne 0 ]; then
    echo >&2
    echo "demo.sh: not every outcome is the expected one; see the table" >&2
    exit 1
fi
