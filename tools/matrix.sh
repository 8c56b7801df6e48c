#!/bin/sh
# matrix.sh: every kind of leak against every kind of key exchange, as a table of words with a tab
# between them. Each cell is a run of keyfall-attacker on a fixture with that leak alone: it opens the
# session, or a part of it (0-RTT), or nothing (-). Where a session has no such secret, somebody else's
# is tried. In front of each row stand the fixture and the session. For people: matrix_text.awk and
# matrix_svg.awk.
set -eu
cd "$(dirname "$0")/.."

attacker=${KEYFALL_BUILD:-build}/keyfall-attacker
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# file_of FOLDER NAME OTHERS_FOLDER: the secret itself, or somebody else's of that kind.
file_of() {
    if [ -e "fixtures/$1/$2" ]; then echo "fixtures/$1/$2"; else echo "fixtures/$3/$2"; fi
}

# The leaks, by column: the options that give it to the attacker, one word a line. $1 is the fixture,
# $2 the session of which the ephemeral key is.
server_key() { printf -- '--key\n%s\n' "$(file_of "$1" server.key rsa)"; }
ticket_key() { printf -- '--ticket-key\n%s\n' "$(file_of "$1" ticket.key rsa)"; }
ephemeral() {
    file=fixtures/$1/ephemeral-$2.pem
    [ -e "$file" ] || file=fixtures/$1/temporary.key # of an export suite
    [ -e "$file" ] || file=fixtures/dhe/ephemeral-1.pem
    printf -- '--ephemeral\n%s\n' "$file"
}
psk() { printf -- '--psk\n%s\n' "$(head -n 1 "$(file_of "$1" psk.txt psk)")"; }
psk_and_server_key() { psk "$1" && server_key "$1"; }
psk_and_ephemeral() { psk "$1" && ephemeral "$1" "$2"; }
session_secret() { # where a fixture has no key log, whatever opens it writes one
    log=fixtures/$1/keylog.txt
    if [ ! -e "$log" ]; then
        log=$scratch/keylog.txt
        { server_key "$1" && ephemeral "$1" "$2"; } |
            xargs -d '\n' "$attacker" -q --write-keylog "$log" "fixtures/$1/recording.pcap" >/dev/null || true
    fi
    printf -- '--keylog\n%s\n' "$log"
}
discrete_log() { echo --discrete-log=2; }

cell() { # LEAK FIXTURE SESSION EPHEMERAL: what comes of it, in a word
    outcome=$("$1" "$2" "$4" | xargs -d '\n' "$attacker" -q "fixtures/$2/recording.pcap" 2>/dev/null |
        sed -n "s/^$3 \([a-z]*\) .*/\1/p")
    case $outcome in
    decrypted) echo opens ;;
    partial) echo part ;;
    protected | undecryptable) echo - ;;
    *) echo "matrix.sh: $2: there is no session $3" >&2 && return 1 ;;
    esac
}

columns='server_key ticket_key ephemeral psk psk_and_server_key psk_and_ephemeral session_secret discrete_log'
tab=$(printf '\t')
printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' fixture session 'key exchange' 'server key' 'ticket key' 'ephem. key' PSK \
    'PSK + server key' 'PSK + ephem. key' 'key log' 'no leak: dlog'
while IFS='|' read -r label fixture session ephemeral_of; do
    row=$fixture$tab$session$tab$label
    for column in $columns; do
        word=$(cell "$column" "$fixture" "$session" "${ephemeral_of:-$session}")
        row=$row$tab$word
    done
    echo "$row"
done <<'END'
RSA|resume-id|1
RSA, resumed by ID|resume-id|2
RSA, with a ticket|rsa|1
RSA, resumed by ticket|resume-ticket|2
RSA_EXPORT|rsa-jsse-export-des40|1
ECDH, fixed key|ecdh-ecdsa-jsse|1
DHE, with a ticket|dhe|1
DHE, smooth prime|dhe-smooth-512|1
DHE, anonymous|dhe-anonymous|1
ECDHE|resume-id-ecdhe|1
ECDHE, resumed by ID|resume-id-ecdhe|2|1
ECDHE, with a ticket|ecdhe|1
ECDHE, resumed by ticket|resume-ticket-ecdhe|2|1
ECDHE, x used before|ecdhe-reused|2|1
PSK|psk|1
RSA_PSK|rsa-psk|1
DHE_PSK|dhe-psk|1
ECDHE_PSK|ecdhe-psk|1
TLS 1.3|tls13|1
TLS 1.3, x used before|tls13-reused|2|1
TLS 1.3 ticket, ke|tls13-resume-ke|2|1
TLS 1.3 ticket, dhe_ke|tls13-resume-dhe|2
TLS 1.3 ticket, 0-RTT|tls13-early-data|2
TLS 1.3 PSK, ke|tls13-psk-ke|1
TLS 1.3 PSK, dhe_ke|tls13-psk-dhe|1
END
