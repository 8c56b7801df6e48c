#include "capture/stray.h"

#include "capture/reassembly.h"

void stray_keep(struct stray *stray, const struct arrival *a)
{
    stray_clear(stray);
    buffer_append(&stray->payload, a->segment.payload);
    stray->kept = true;
    stray->arrival = *a;
    stray->arrival.segment.payload = buffer_view(&stray->payload);
}

static bool is_close(uint32_t a, uint32_t b)
{
    return a - b <= REASSEMBLY_NEAR || b - a <= REASSEMBLY_NEAR;
}

bool stray_goes_on(const struct stray *stray, const struct arrival *a)
{
    const struct tcp_segment *first = &stray->arrival.segment;
    const struct tcp_segment *s = &a->segment;

    if (!stray->kept)
        return false;
    if (endpoint_equal(&stray->arrival.source, &a->source) &&
        endpoint_equal(&stray->arrival.destination, &a->destination))
        return s->sequence != first->sequence && is_close(s->sequence, first->sequence) &&
               is_close(s->acknowledge, first->acknowledge);
    return endpoint_equal(&stray->arrival.source, &a->destination) &&
           endpoint_equal(&stray->arrival.destination, &a->source) &&
           is_close(s->sequence, first->acknowledge) && is_close(s->acknowledge, first->sequence);
}

void stray_clear(struct stray *stray)
{
    buffer_clear(&stray->payload);
    stray->kept = false;
}
