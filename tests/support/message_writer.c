#include "tests/support/message_writer.h"

#include "tests/support/check.h"

void write_uint(struct writer *w, uint64_t value, size_t width)
{
    for (size_t i = width; i > 0; i--) {
        uint8_t byte = (uint8_t)(value >> (8 * (i - 1)));

        buffer_append(&w->out, bytes_of(&byte, 1));
    }
}

void write_bytes(struct writer *w, struct bytes b)
{
    buffer_append(&w->out, b);
}

void write_hex(struct writer *w, const char *hex)
{
    struct bytes b = unhex(hex);

    write_bytes(w, b);
    exact_free(b);
}

void write_text(struct writer *w, const char *text)
{
    write_bytes(w, bytes_of(text, strlen(text)));
}

void write_repeated(struct writer *w, uint8_t byte, size_t n)
{
    for (size_t i = 0; i < n; i++)
        write_uint(w, byte, 1);
}

void write_open(struct writer *w, size_t width)
{
    assert_true(w->depth < WRITER_MAX_DEPTH);
    assert_true(w->num_lengths < WRITER_MAX_LENGTHS);
    w->open[w->depth] = w->num_lengths;
    w->lengths[w->num_lengths++] = (struct length_field){w->out.len, width, w->depth};
    w->depth++;
    write_uint(w, 0, width);
}

void write_close(struct writer *w)
{
    assert_true(w->depth > 0);

    const struct length_field *field = &w->lengths[w->open[--w->depth]];
    size_t length = w->out.len - field->at - field->width;
    for (size_t i = 0; i < field->width; i++)
        w->out.at[field->at + i] = (uint8_t)(length >> (8 * (field->width - 1 - i)));
}

void write_block(struct writer *w, struct bytes b, size_t width)
{
    write_open(w, width);
    write_bytes(w, b);
    write_close(w);
}

struct bytes writer_view(const struct writer *w)
{
    return buffer_view(&w->out);
}

struct bytes writer_take(struct writer *w)
{
    struct bytes taken = exact_copy(writer_view(w));

    assert_int_equal(w->depth, 0);
    buffer_clear(&w->out);
    return taken;
}

struct bytes lying(struct bytes whole, const struct length_field *field, uint64_t length)
{
    struct bytes copy = exact_copy(whole);
    uint8_t *at = (uint8_t *)unconst(copy.at) + field->at;

    for (size_t i = 0; i < field->width; i++)
        at[i] = (uint8_t)(length >> (8 * (field->width - 1 - i)));
    return copy;
}

struct bytes message_of(uint8_t type, struct bytes body)
{
    struct writer w = {0};

    write_uint(&w, type, 1);
    write_block(&w, body, 3);
    return writer_take(&w);
}
