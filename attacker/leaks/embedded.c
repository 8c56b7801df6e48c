#include "attacker/leaks/embedded.h"

#include <sys/stat.h>

#include "capture/capture_file.h"

bool embedded_searchable(const char *path)
{
    struct stat about;

    return strcmp(path, "-") != 0 && stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

void embedded_load(struct keylog *keylog, const char *path)
{
    struct complaint passed_over;
    struct capture_file *file = capture_file_open(path, 1, &passed_over);
    struct bytes text;

    while (file && capture_file_next_secrets(file, &text))
        keylog_add_embedded(keylog, text);
    capture_file_close(file);
}
