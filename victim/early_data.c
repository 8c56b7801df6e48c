#include "victim/early_data.h"

/* The plaintext of one record. RFC 8446 section 5.1. */
#define CHUNK_SIZE (16 * 1024)

enum progress early_data_say(struct party *party, bool *moved)
{
    uint8_t chunk[CHUNK_SIZE];
    size_t written;

    while (party_output(party).len < PARTY_BURST) {
        size_t room = party->early_room < sizeof(chunk) ? party->early_room : sizeof(chunk);
        size_t len = speech_next(&party->speech, chunk, room);

        if (len == 0)
            return PROGRESS_DONE;
        leak_files_said(party->minutes, bytes_of(chunk, len));
        if (SSL_write_early_data(party->ssl, chunk, len, &written) != 1)
            return PROGRESS_MALFORMED;
        party->early_room -= len;
        *moved = true;
    }
    return PROGRESS_NEED_MORE;
}

enum progress early_data_hear(struct party *party, bool *moved)
{
    uint8_t chunk[CHUNK_SIZE];
    int answer;
    size_t len;

    while ((answer = SSL_read_early_data(party->ssl, chunk, sizeof(chunk), &len)) ==
           SSL_READ_EARLY_DATA_SUCCESS) {
        *moved = true;
        leak_files_said(party->minutes, bytes_of(chunk, len));
        if (party->heard == PROGRESS_NEED_MORE)
            party->heard = hearing_add(&party->hearing, bytes_of(chunk, len));
    }
    if (answer == SSL_READ_EARLY_DATA_FINISH)
        return PROGRESS_DONE;
    /* libssl counts any answer below 1 as a failure that may only be waiting. */
    return SSL_get_error(party->ssl, -1) == SSL_ERROR_WANT_READ ? PROGRESS_NEED_MORE
                                                                : PROGRESS_MALFORMED;
}
