#include "tests/support/vectors.h"

#include <stdio.h>
#include <stdlib.h>

#include "capture/alloc.h"
#include "tests/support/check.h"

#define MAX_NAMES 32

struct vector {
    char *name;
    struct buffer text; /* the value, with a NUL behind it once the block is whole */
    struct bytes hex;
    bool read;
};

struct vectors {
    FILE *file;
    char *line;
    size_t room;
    struct vector names[MAX_NAMES];
    size_t num_names;
};

struct vectors *vectors_open(const char *file)
{
    struct vectors *v = alloc_zero(sizeof(*v));
    char *path = alloc_format("tests/vectors/%s", file);

    v->file = fopen(path, "r");
    if (!v->file)
        print_error("%s: cannot be opened; run the tests from the top of the tree\n", path);
    assert_non_null(v->file);
    free(path);
    return v;
}

static void forget_block(struct vectors *v)
{
    for (size_t i = 0; i < v->num_names; i++) {
        struct vector *vector = &v->names[i];

        if (!vector->read)
            print_error("%s was not read by the test\n", vector->name);
        assert_true(vector->read);
        free(vector->name);
        buffer_clear(&vector->text);
        exact_free(vector->hex);
        *vector = (struct vector){0};
    }
    v->num_names = 0;
}

static void take_line(struct vectors *v)
{
    const char *colon = strchr(v->line, ':');
    const char *text = v->line;

    if (v->line[0] != ' ') {
        assert_non_null(colon);
        assert_true(v->num_names < MAX_NAMES);
        struct vector *fresh = &v->names[v->num_names++];
        fresh->name = alloc_text(v->line);
        fresh->name[colon - v->line] = '\0';
        text = colon + 1;
    }
    assert_true(v->num_names > 0);
    text += strspn(text, " ");
    buffer_append(&v->names[v->num_names - 1].text, bytes_of(text, strcspn(text, "\r\n")));
}

bool vectors_next(struct vectors *v)
{
    static const uint8_t end = 0;

    forget_block(v);
    while (getline(&v->line, &v->room, v->file) > 0) {
        if (v->line[0] == '#')
            continue;
        if (v->line[strspn(v->line, " \r\n")] != '\0')
            take_line(v);
        else if (v->num_names > 0)
            break;
    }
    for (size_t i = 0; i < v->num_names; i++)
        buffer_append(&v->names[i].text, bytes_of(&end, 1));
    if (v->num_names > 0)
        return true;
    (void)fclose(v->file);
    free(v->line);
    free(v);
    return false;
}

static struct vector *find(struct vectors *v, const char *name)
{
    for (size_t i = 0; i < v->num_names; i++) {
        if (strcmp(v->names[i].name, name) == 0) {
            v->names[i].read = true;
            return &v->names[i];
        }
    }
    fail_msg("this block has no %s", name);
    return NULL;
}

struct bytes vectors_hex(struct vectors *v, const char *name)
{
    struct vector *vector = find(v, name);

    if (!vector->hex.at)
        vector->hex = unhex((const char *)vector->text.at);
    return vector->hex;
}

const char *vectors_word(struct vectors *v, const char *name)
{
    return (const char *)find(v, name)->text.at;
}
