#include "attacker/tls/dtls_window.h"

#include <string.h>

static uint8_t bit_of(uint64_t number)
{
    return (uint8_t)(1u << number % 8);
}

static size_t byte_of(uint64_t number)
{
    return number % DTLS_WINDOW_SIZE / 8;
}

bool dtls_window_has(const struct dtls_window *w, uint64_t number)
{
    if (number >= w->next)
        return false;
    return w->next - number > DTLS_WINDOW_SIZE || w->seen[byte_of(number)] & bit_of(number);
}

void dtls_window_add(struct dtls_window *w, uint64_t number)
{
    if (number >= w->next && number - w->next >= DTLS_WINDOW_SIZE) {
        memset(w->seen, 0, sizeof(w->seen));
        w->next = number;
    }
    for (; w->next <= number; w->next++)
        w->seen[byte_of(w->next)] &= (uint8_t)~bit_of(w->next);
    w->seen[byte_of(number)] |= bit_of(number);
    w->num++;
    while (w->whole < w->next && w->next - w->whole <= DTLS_WINDOW_SIZE &&
           w->seen[byte_of(w->whole)] & bit_of(w->whole))
        w->whole++;
}

uint64_t dtls_window_missing(const struct dtls_window *w)
{
    return w->next - w->num;
}
