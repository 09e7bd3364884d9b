// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "fakecam/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fakecam/filler.h"

enum { PAGE = 4096, BUFFERS_MIN = 1 };

// ---- One owner a device -------------------------------------------------------------------------

// A camera that is plugged in again is another device: it has a byte of its own.
static struct flock byte_of(const struct fakecam_handle *h, short type)
{
    off_t at = (off_t)h->plugs * FAKECAM_CAMERAS_MAX + h->camera_index;
    return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};
}

static bool is_holder(const struct fakecam_handle *h)
{
    return h->memory >= 0;
}

// A process's own lock is no obstacle to itself, so a second handle within is told by the inode.
static bool taken_here(const struct fakecam_handle *h)
{
    uint64_t ino = atomic_load(&h->camera->holder_ino);
    const struct fakecam_handle *holder = ino ? fakecam_handle_of_ino(ino) : NULL;
    return holder && holder != h && !fakecam_handle_gone(holder);
}

static bool taken_elsewhere(const struct fakecam_handle *h)
{
    struct flock l = byte_of(h, F_WRLCK);
    return !fcntl(fakecam_state_fd, F_GETLK, &l) && l.l_type != F_UNLCK;
}

bool fakecam_stream_taken(const struct fakecam_handle *h)
{
    return !is_holder(h) && (atomic_load(&h->camera->busy) || taken_here(h) || taken_elsewhere(h));
}

bool fakecam_stream_has_buffers(const struct fakecam_handle *h)
{
    return is_holder(h) || fakecam_stream_taken(h);
}

static int hold(struct fakecam_handle *h)
{
    struct flock l = byte_of(h, F_WRLCK);
    if (fcntl(fakecam_state_fd, F_SETLK, &l))
        return -EBUSY;
    atomic_store(&h->camera->holder_ino, h->ino);
    return 0;
}

static void let_go(struct fakecam_handle *h)
{
    struct flock l = byte_of(h, F_UNLCK);
    uint64_t mine = h->ino;
    atomic_compare_exchange_strong(&h->camera->holder_ino, &mine, 0);
    fcntl(fakecam_state_fd, F_SETLK, &l);
}

// ---- Memory -------------------------------------------------------------------------------------

static void free_buffers(struct fakecam_handle *h)
{
    if (!is_holder(h))
        return;
    syscall(SYS_munmap, h->view, h->view_bytes);
    syscall(SYS_close, h->memory); // what the program has mapped stays
    atomic_fetch_sub(&h->camera->filler_bytes, h->view_bytes);
    h->memory = -1;
    h->count = 0;
    h->queued = h->done = (struct fakecam_fifo){.count = 0};
    let_go(h);
}

static int map_buffers(struct fakecam_handle *h, uint32_t count)
{
    int memory = memfd_create("fakecam", MFD_CLOEXEC);
    if (memory < 0)
        return -ENOMEM;
    size_t frame = (size_t)h->clip->width_px * (size_t)h->clip->height_px * 2;
    h->buffer_bytes = (frame + PAGE - 1) / PAGE * PAGE;
    h->view_bytes = h->buffer_bytes * count;
    // Populated now: a driver's buffers are there before the first frame.
    long view = ftruncate(memory, (off_t)h->view_bytes)
                    ? -1
                    : syscall(SYS_mmap, NULL, h->view_bytes, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_POPULATE, memory, 0);
    if (view == -1) {
        syscall(SYS_close, memory);
        return -ENOMEM;
    }
    h->memory = memory;
    h->view = (uint8_t *)view;
    h->count = count;
    for (uint32_t i = 0; i < count; i++)
        h->buffer[i] = (struct fakecam_buffer){.bytes = h->view + i * h->buffer_bytes};
    atomic_fetch_add(&h->camera->filler_bytes, h->view_bytes);
    return 0;
}

int fakecam_stream_allocate(struct fakecam_handle *h, uint32_t *count)
{
    if (fakecam_stream_taken(h) || h->streaming)
        return -EBUSY;
    free_buffers(h);
    if (*count == 0)
        return 0;
    if (*count < BUFFERS_MIN)
        *count = BUFFERS_MIN;
    if (*count > FAKECAM_BUFFERS_MAX)
        *count = FAKECAM_BUFFERS_MAX;
    int err = hold(h);
    if (err)
        return err;
    h->clip = &h->camera->clips[atomic_load(&h->camera->clip)];
    err = map_buffers(h, *count);
    if (err)
        let_go(h);
    return err;
}

// ---- The two queues -----------------------------------------------------------------------------

static void push(struct fakecam_fifo *f, uint32_t index)
{
    f->index[(f->first + f->count++) % FAKECAM_BUFFERS_MAX] = index;
}

static int pop(struct fakecam_fifo *f)
{
    if (f->count == 0)
        return -1;
    uint32_t index = f->index[f->first];
    f->first = (f->first + 1) % FAKECAM_BUFFERS_MAX;
    f->count--;
    return (int)index;
}

int fakecam_stream_queue(struct fakecam_handle *h, uint32_t index)
{
    if (fakecam_stream_taken(h))
        return -EBUSY;
    if (index >= h->count || h->buffer[index].state != FAKECAM_DEQUEUED)
        return -EINVAL;
    h->buffer[index].state = FAKECAM_QUEUED;
    push(&h->queued, index);
    return 0;
}

int fakecam_stream_dequeue(struct fakecam_handle *h)
{
    int index = pop(&h->done);
    if (index < 0)
        return -EINVAL; // streaming went off in between
    h->buffer[index].state = FAKECAM_DEQUEUED;
    struct fakecam_entry *e = &h->camera->log[h->buffer[index].id % FAKECAM_LOG_MAX];
    e->dequeued_us = fakecam_now_ns() / 1000;
    return index;
}

int fakecam_stream_take(struct fakecam_handle *h)
{
    fakecam_lock();
    int index = pop(&h->queued);
    if (index >= 0)
        h->buffer[index].state = FAKECAM_ACTIVE;
    fakecam_unlock();
    return index;
}

// The packet goes out after the lock: whoever it wakes finds the lock free and the buffer there.
bool fakecam_stream_done(struct fakecam_handle *h, int index)
{
    fakecam_lock();
    h->buffer[index].state = FAKECAM_DONE;
    push(&h->done, (uint32_t)index);
    fakecam_unlock();
    return send(h->peer, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

// ---- On and off ---------------------------------------------------------------------------------

int fakecam_stream_on(struct fakecam_handle *h)
{
    if (fakecam_stream_taken(h))
        return -EBUSY;
    if (!is_holder(h))
        return -EINVAL;
    if (h->streaming)
        return 0;
    h->fps = atomic_load(&h->camera->fps);
    int err = fakecam_filler_start(h);
    h->streaming = !err;
    return err;
}

static void stop_filler(struct fakecam_handle *h)
{
    if (!h->streaming || h->stopping)
        return;
    h->stopping = true;
    atomic_store(&h->stop, true);
    fakecam_state_changed(h->camera);
    fakecam_unlock();
    fakecam_filler_join(h);
    fakecam_lock();
    h->streaming = h->stopping = false;
}

int fakecam_stream_off(struct fakecam_handle *h, int fd)
{
    char packet;
    if (fakecam_stream_taken(h))
        return -EBUSY;
    stop_filler(h);
    while (recv(fd, &packet, 1, MSG_DONTWAIT) == 1)
        continue;
    h->queued = h->done = (struct fakecam_fifo){.count = 0};
    for (uint32_t i = 0; i < h->count; i++)
        h->buffer[i].state = FAKECAM_DEQUEUED;
    return 0;
}

void fakecam_stream_free(struct fakecam_handle *h)
{
    stop_filler(h);
    free_buffers(h);
}
