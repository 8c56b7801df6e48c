#include "attacker/leaks/key_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

static void warn(const struct key_loading *loading, const struct complaint *why)
{
    if (loading && loading->warn)
        loading->warn(why->text);
}

static void load_file(struct private_keys *list, const char *path, struct key_loading *loading)
{
    struct complaint why;

    if (key_file_load(list, path, loading, &why) == KEY_FILE_SHUT)
        warn(loading, &why);
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* load_all goes through one folder; false with *why when it can't be opened. */
static bool load_all(struct private_keys *list, const char *path, struct key_loading *loading,
                     int depth, struct complaint *why)
{
    struct dirent **entries;
    int num = scandir(path, &entries, visible, alphasort);

    if (num < 0)
        return complaint_say(why, "%s: cannot be opened: %s", path, strerror(errno));
    for (int i = 0; i < num; i++) {
        char *file = alloc_format("%s/%s", path, entries[i]->d_name);
        struct complaint below;
        struct stat status;

        if (lstat(file, &status) == 0 && S_ISDIR(status.st_mode)) {
            if (depth > 0 && !load_all(list, file, loading, depth - 1, &below))
                warn(loading, &below);
        } else if (stat(file, &status) == 0 && S_ISREG(status.st_mode)) {
            load_file(list, file, loading);
        }
        free(file);
        free(entries[i]);
    }
    free((void *)entries);
    return true;
}

bool key_folder_load(struct private_keys *list, const char *path, struct key_loading *loading,
                     struct complaint *why)
{
    size_t before = list->num_keys;

    if (!load_all(list, path, loading, KEY_FOLDER_MAX_DEPTH, why))
        return false;
    if (list->num_keys == before)
        return complaint_say(why,
                             "%s: no file in this folder is a private key that can be read; it "
                             "should be PEM, DER or PKCS #12",
                             path);
    return true;
}
