#include "tests/support/memory_file.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/alloc.h"
#include "tests/support/check.h"

void memory_file_open(struct memory_file *f, struct bytes content)
{
    f->descriptor = memfd_create("keyfall", MFD_CLOEXEC);
    assert_true(f->descriptor >= 0);
    assert_int_equal(write(f->descriptor, content.at, content.len), content.len);
    f->path = alloc_format("/proc/self/fd/%d", f->descriptor);
}

void memory_file_close(struct memory_file *f)
{
    free(f->path);
    (void)close(f->descriptor);
}
