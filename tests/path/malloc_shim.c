// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// Counts allocations made by the program's own text, put under it by LD_PRELOAD. A call counts when
// its return address lies in the executable (liblkcam is linked into it), its thread is called
// lkcam-*, and the first frame has been sent: an RTP packet with the marker bit, of payload type
// 96, has passed sendto. x264, libsrtp2 and other libraries allocate for themselves and do not
// count.
//
//   LKCAM_MALLOC_REPORT  a file of 24 bytes, made by the test: uint64_t frames sent since,
//   allocations, bytes
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

struct report {
    uint64_t frames, allocations, bytes;
};

static struct report nowhere, *report = &nowhere;
static uintptr_t text_from, text_to;
static ssize_t (*real_sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);

// The executable is the first object that the linker tells of.
static int find_text(struct dl_phdr_info *info, size_t size, void *ctx)
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        if (p->p_type == PT_LOAD && (p->p_flags & PF_X)) {
            text_from = info->dlpi_addr + p->p_vaddr;
            text_to = text_from + p->p_memsz;
        }
    }
    return 1;
}

__attribute__((constructor)) static void start(void)
{
    const char *path = getenv("LKCAM_MALLOC_REPORT");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    real_sendto = (ssize_t(*)(int, const void *, size_t, int, const struct sockaddr *,
                              socklen_t))dlsym(RTLD_NEXT, "sendto");
    dl_iterate_phdr(find_text, NULL);
    if (fd < 0)
        return;
    void *map = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map != MAP_FAILED)
        report = map;
    close(fd);
}

static void count(uintptr_t caller, size_t bytes)
{
    char name[16] = "";
    if (!report->frames || caller < text_from || caller >= text_to)
        return;
    prctl(PR_GET_NAME, name);
    if (strncmp(name, "lkcam-", 6) != 0)
        return;
    __atomic_add_fetch(&report->allocations, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&report->bytes, bytes, __ATOMIC_RELAXED);
}

#define CALLER ((uintptr_t)__builtin_return_address(0))

void *malloc(size_t size)
{
    count(CALLER, size);
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    count(CALLER, n * size);
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    count(CALLER, size);
    return __libc_realloc(p, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    count(CALLER, size);
    *out = __libc_memalign(alignment, size);
    return *out ? 0 : 12;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    count(CALLER, size);
    return __libc_memalign(alignment, size);
}

char *strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    count(CALLER, n);
    char *copy = __libc_malloc(n);
    return copy ? memcpy(copy, s, n) : NULL;
}

ssize_t sendto(int fd, const void *bytes, size_t len, int flags, const struct sockaddr *to,
               socklen_t to_len)
{
    const uint8_t *p = bytes;
    ssize_t n = real_sendto(fd, bytes, len, flags, to, to_len);
    if (len > 12 && p[0] >> 6 == 2 && p[1] == (0x80 | 96))
        __atomic_add_fetch(&report->frames, 1, __ATOMIC_RELAXED);
    return n;
}
