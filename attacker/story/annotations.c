#include "attacker/story/annotations.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "attacker/story/escape.h"
#include "attacker/story/secret_line.h"

struct note {
    uint64_t frame;
    uint64_t at; /* where in the file the text begins */
    uint64_t len;
};

struct annotations {
    FILE *texts;
    uint64_t texts_len;
    FILE *secrets;
    struct note *notes;
    size_t num_notes;
    size_t room;
    size_t next;
    struct buffer piece; /* what was handed out last */
};

struct annotations *annotations_new(void)
{
    struct annotations *a = alloc_zero(sizeof(*a));

    a->texts = tmpfile();
    a->secrets = tmpfile();
    if (a->texts && a->secrets)
        return a;
    annotations_free(a);
    return NULL;
}

void annotations_comment(struct annotations *a, uint64_t frame, const char *text)
{
    char *escaped = escape_new(bytes_of(text, strlen(text)));
    size_t len = strlen(escaped);

    if (a->num_notes == a->room) {
        a->room = a->room > 0 ? 2 * a->room : 64;
        a->notes = alloc_resize(a->notes, a->room * sizeof(*a->notes));
    }
    a->notes[a->num_notes++] = (struct note){frame, a->texts_len, len};
    a->texts_len += fwrite(escaped, 1, len, a->texts);
    free(escaped);
}

void annotations_secret(struct annotations *a, const struct found_secret *secret)
{
    struct buffer line = {0};

    secret_line_append(&line, secret);
    (void)fwrite(line.at, 1, line.len, a->secrets);
    OPENSSL_cleanse(line.at, line.len);
    buffer_clear(&line);
}

/* by_frame keeps those of one frame in the order in which they came. */
static int by_frame(const void *left, const void *right)
{
    const struct note *a = left;
    const struct note *b = right;

    if (a->frame != b->frame)
        return a->frame < b->frame ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

bool annotations_sort(struct annotations *a)
{
    if (a->num_notes > 0)
        qsort(a->notes, a->num_notes, sizeof(*a->notes), by_frame);
    return fflush(a->texts) == 0 && !ferror(a->texts) && fseek(a->secrets, 0, SEEK_SET) == 0 &&
           !ferror(a->secrets);
}

bool annotations_next_secrets(struct annotations *a, struct bytes *keylog)
{
    char line[1024]; /* the longest has some 230 characters */

    a->piece.len = 0;
    while (a->piece.len < ANNOTATIONS_MAX_PIECE && fgets(line, sizeof(line), a->secrets))
        buffer_append(&a->piece, bytes_of(line, strlen(line)));
    OPENSSL_cleanse(line, sizeof(line));
    *keylog = buffer_view(&a->piece);
    return a->piece.len > 0;
}

/* read_text reads the text of a note into a->piece. */
static bool read_text(struct annotations *a, const struct note *note)
{
    char part[256];
    uint64_t left = note->len;

    a->piece.len = 0;
    if (fseeko(a->texts, (off_t)note->at, SEEK_SET) != 0)
        return false;
    while (left > 0) {
        size_t n = fread(part, 1, left < sizeof(part) ? (size_t)left : sizeof(part), a->texts);

        if (n == 0)
            return false;
        buffer_append(&a->piece, bytes_of(part, n));
        left -= n;
    }
    return true;
}

bool annotations_next_comment(struct annotations *a, struct bytes *text, uint64_t frame)
{
    while (a->next < a->num_notes && a->notes[a->next].frame < frame)
        a->next++;
    if (a->next == a->num_notes || a->notes[a->next].frame != frame ||
        !read_text(a, &a->notes[a->next]))
        return false;
    a->next++;
    *text = buffer_view(&a->piece);
    return true;
}

void annotations_free(struct annotations *a)
{
    if (!a)
        return;
    if (a->texts)
        (void)fclose(a->texts);
    if (a->secrets)
        (void)fclose(a->secrets);
    if (a->piece.at)
        OPENSSL_cleanse(a->piece.at, a->piece.len);
    buffer_clear(&a->piece);
    free(a->notes);
    free(a);
}
