#include "attacker/story/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_standard_output(const char *path)
{
    return strcmp(path, "-") == 0;
}

bool output_file_fail(const char *path, struct complaint *why)
{
    return complaint_say(why, "%s: cannot be written: %s",
                         is_standard_output(path) ? "standard output" : path, strerror(errno));
}

/* keep_for_owner takes the file away from the others, if it is one and not a device. */
static bool keep_for_owner(int descriptor)
{
    struct stat about;

    return fstat(descriptor, &about) == 0 &&
           (!S_ISREG(about.st_mode) || fchmod(descriptor, 0600) == 0);
}

FILE *output_file_open(const char *path, enum output_readers readers, struct complaint *why)
{
    bool secret = readers == OUTPUT_FOR_ITS_OWNER;
    FILE *file;

    if (is_standard_output(path))
        return stdout;

    int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, secret ? 0600 : 0666);
    struct stat about;

    if (descriptor < 0) {
        (void)output_file_fail(path, why);
        return NULL;
    }
    /* What stood in it goes when nobody else can read it any more. */
    if ((secret && !keep_for_owner(descriptor)) || fstat(descriptor, &about) != 0 ||
        (S_ISREG(about.st_mode) && ftruncate(descriptor, 0) != 0) ||
        !(file = fdopen(descriptor, "wb"))) {
        (void)output_file_fail(path, why);
        (void)close(descriptor);
        return NULL;
    }
    return file;
}

bool output_file_close(FILE *file, const char *path, struct complaint *why)
{
    bool written = fflush(file) == 0 && !ferror(file);

    if (!written)
        (void)output_file_fail(path, why);
    if (file != stdout && fclose(file) != 0 && written)
        written = output_file_fail(path, why);
    return written;
}

bool output_file_same(const char *path, const char *other)
{
    struct stat one;
    struct stat two;

    return stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_dev == two.st_dev &&
           one.st_ino == two.st_ino;
}
