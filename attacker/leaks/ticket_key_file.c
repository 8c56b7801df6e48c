#include "attacker/leaks/ticket_key_file.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "attacker/leaks/key_file.h"
#include "attacker/leaks/key_text.h"

static const struct layout {
    size_t len;
    size_t mac_at;
    size_t mac_len;
    size_t cipher_at;
    size_t cipher_len;
} layouts[] = {
    {80, 16, 32, 48, 32}, {64, 48, 16, 16, 32}, {64, 32, 32, 16, 16},
    {48, 32, 16, 16, 16}, {48, 16, 16, 32, 16},
};

#define NUM_LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

static bool is_length(size_t len)
{
    for (size_t i = 0; i < NUM_LAYOUTS; i++) {
        if (layouts[i].len == len)
            return true;
    }
    return false;
}

bool ticket_keys_add(struct ticket_keys *list, struct bytes content)
{
    struct ticket_key_file *file;
    struct ticket_key_file *files;

    if (!is_length(content.len))
        return false;
    /* Not resized in place, so that no copy of a key is left behind. */
    files = alloc_zero((list->num_files + 1) * sizeof(*files));
    if (list->num_files > 0)
        memcpy(files, list->files, list->num_files * sizeof(*files));
    file = &files[list->num_files];
    file->len = content.len;
    memcpy(file->content, content.at, content.len);

    size_t num_files = list->num_files + 1;
    ticket_keys_clear(list);
    *list = (struct ticket_keys){files, num_files};
    return true;
}

bool ticket_keys_load(struct ticket_keys *list, const char *path, struct complaint *why)
{
    struct buffer file = {0};
    bool loaded = key_file_read(&file, path, why);

    if (loaded && !ticket_keys_add(list, buffer_view(&file)))
        loaded = complaint_say(why,
                               "%s: has %zu bytes and is no session ticket key; those have 48 "
                               "(nginx, Apache), 64 (GnuTLS) or 80 (OpenSSL, nginx), as they are: "
                               "no PEM, no base64",
                               path, file.len);
    key_text_wipe(&file);
    return loaded;
}

/* copy_part copies `len` bytes from the place `at` on. */
static bool copy_part(uint8_t *out, struct bytes content, size_t at, size_t len)
{
    struct reader r = reader_of(content);

    return reader_skip(&r, at) && reader_copy(&r, out, len);
}

bool ticket_key_file_read(const struct ticket_key_file *file, size_t which, struct ticket_key *out)
{
    struct bytes content = bytes_of(file->content, file->len);
    size_t found = 0;

    for (size_t i = 0; i < NUM_LAYOUTS; i++) {
        const struct layout *l = &layouts[i];

        if (l->len != file->len || found++ != which)
            continue;
        *out = (struct ticket_key){.mac_len = l->mac_len, .cipher_len = l->cipher_len};
        return copy_part(out->name, content, 0, TICKET_NAME_LEN) &&
               copy_part(out->mac, content, l->mac_at, l->mac_len) &&
               copy_part(out->cipher, content, l->cipher_at, l->cipher_len);
    }
    return false;
}

bool ticket_key_file_at(const struct ticket_key_file *file, size_t which, uint64_t time_ns,
                        uint32_t lifetime, struct ticket_key_file *out)
{
    if (file->len != TICKET_ROTATION_LEN)
        return false;
    out->len = TICKET_ROTATION_LEN;
    return ticket_rotation_key(out->content, which, file->content, time_ns, lifetime);
}

void ticket_keys_clear(struct ticket_keys *list)
{
    if (list->num_files > 0)
        OPENSSL_cleanse(list->files, list->num_files * sizeof(*list->files));
    free(list->files);
    *list = (struct ticket_keys){0};
}
