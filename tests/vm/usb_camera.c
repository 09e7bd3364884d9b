// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// A USB camera in user space, plugged into the running kernel through vhci-hcd (USB/IP over a pair
// of sockets): high speed, UVC 1.0, bulk. Sends one picture of a folder after the other, as YUYV
// and as MJPEG, until it is ended. Says on standard output what is asked of it: "MJPEG 640x360".
//
//     modprobe -a vhci-hcd uvcvideo; usb_camera FOLDER
//
// FOLDER has for each size WxH below: WxH.yuyv, PICTURES raw pictures, and WxH-1.jpg to
// WxH-PICTURES.jpg.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PICTURES = 8, SIZES = 2, INTERVALS = 3, WAITING_MAX = 64 };
enum { ENDPOINT = 1, PAYLOAD_BYTES = 16384, HEADER_BYTES = 2 };
enum { YUYV = 1, MJPEG = 2 }; // bFormatIndex

static const struct {
    int width, height;
} sizes[SIZES] = {{640, 360}, {320, 180}};
static const uint32_t intervals_100ns[INTERVALS] = {333333, 666666, 2000000}; // 30, 15, 5 a second

static struct picture {
    uint8_t *bytes;
    size_t len;
} pictures[SIZES][2][PICTURES]; // by size, format - 1, number

static void die(const char *what)
{
    perror(what);
    exit(1);
}

// ---- Little-endian bytes ------------------------------------------------------------------------

struct writer {
    uint8_t bytes[600];
    size_t len;
};

static void put(struct writer *w, int bytes, uint32_t v)
{
    for (int i = 0; i < bytes; i++)
        w->bytes[w->len++] = (uint8_t)(v >> 8 * i);
}

static void put_all(struct writer *w, const uint8_t *bytes, size_t len)
{
    memcpy(w->bytes + w->len, bytes, len);
    w->len += len;
}

#define PUT(w, ...) put_all(w, (const uint8_t[]){__VA_ARGS__}, sizeof(uint8_t[]){__VA_ARGS__})

static uint32_t get32(const uint8_t *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

// ---- Controls: unit, selector and range as in the UVC specification, 4.2.2
// -----------------------

enum { CAMERA_TERMINAL = 1, OUTPUT_TERMINAL = 2, PROCESSING_UNIT = 3 };
enum { SET_CUR = 0x01, GET_CUR = 0x81, GET_MIN, GET_MAX, GET_RES, GET_LEN, GET_INFO, GET_DEF };

static struct control {
    uint8_t unit, selector, bytes;
    int16_t min, max, def, now;
} controls[] = {
    {PROCESSING_UNIT, 2, 2, -64, 64, 0, 0}, // brightness
    {CAMERA_TERMINAL, 3, 1, 0, 1, 0, 1},    // auto-exposure priority: on, as cameras come
};

static struct control *find_control(int unit, int selector)
{
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        if (controls[i].unit == unit && controls[i].selector == selector)
            return &controls[i];
    return NULL;
}

// @return whether the request is one of these.
static bool ask_control(const struct control *c, int request, struct writer *answer)
{
    switch (request) {
    case GET_CUR:
        put(answer, c->bytes, (uint16_t)c->now);
        return true;
    case GET_MIN:
        put(answer, c->bytes, (uint16_t)c->min);
        return true;
    case GET_MAX:
        put(answer, c->bytes, (uint16_t)c->max);
        return true;
    case GET_DEF:
        put(answer, c->bytes, (uint16_t)c->def);
        return true;
    case GET_RES:
        put(answer, c->bytes, 1);
        return true;
    case GET_LEN:
        put(answer, 2, c->bytes);
        return true;
    case GET_INFO:
        put(answer, 1, 3); // can be read and set
        return true;
    default:
        return false;
    }
}

// ---- Descriptors --------------------------------------------------------------------------------

enum { INTERFACE_CLASS = 0x24, VIDEO_CLASS = 0x0e };

static void put_frames(struct writer *w, uint8_t type)
{
    for (int i = 0; i < SIZES; i++) {
        uint32_t bytes = (uint32_t)(sizes[i].width * sizes[i].height * 2);
        PUT(w, 26 + 4 * INTERVALS, INTERFACE_CLASS, type, (uint8_t)(i + 1), 0);
        put(w, 2, (uint32_t)sizes[i].width);
        put(w, 2, (uint32_t)sizes[i].height);
        put(w, 4, bytes * 8 * 5);
        put(w, 4, bytes * 8 * 30);
        put(w, 4, bytes);
        put(w, 4, intervals_100ns[0]);
        put(w, 1, INTERVALS);
        for (int k = 0; k < INTERVALS; k++)
            put(w, 4, intervals_100ns[k]);
    }
    PUT(w, 6, INTERFACE_CLASS, 13, 1, 1, 4); // colours
}

static void put_control_interface(struct writer *w)
{
    PUT(w, 9, 4, 0, 0, 0, VIDEO_CLASS, 1, 0, 0);
    PUT(w, 13, INTERFACE_CLASS, 1, 0x00, 0x01, 13 + 18 + 11 + 9, 0, 0x40, 0x42, 0x0f, 0, 1, 1);
    PUT(w, 18, INTERFACE_CLASS, 2, CAMERA_TERMINAL, 0x01, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0);
    PUT(w, 11, INTERFACE_CLASS, 5, PROCESSING_UNIT, CAMERA_TERMINAL, 0, 0, 2, 1, 0, 0);
    PUT(w, 9, INTERFACE_CLASS, 3, OUTPUT_TERMINAL, 0x01, 0x01, 0, PROCESSING_UNIT, 0);
}

static void put_streaming_interface(struct writer *w)
{
    static const uint8_t yuy2[16] = {'Y',  'U', 'Y', '2',  0, 0,    0x10, 0,
                                     0x80, 0,   0,   0xaa, 0, 0x38, 0x9b, 0x71};
    PUT(w, 9, 4, 1, 0, 1, VIDEO_CLASS, 2, 0, 0);
    size_t begin = w->len;
    PUT(w, 15, INTERFACE_CLASS, 1, 2, 0, 0, 0x80 | ENDPOINT, 0, OUTPUT_TERMINAL, 0, 0, 0, 1, 0, 0);
    PUT(w, 27, INTERFACE_CLASS, 4, YUYV, SIZES);
    put_all(w, yuy2, sizeof yuy2);
    PUT(w, 16, 1, 0, 0, 0, 0);
    put_frames(w, 5);
    PUT(w, 11, INTERFACE_CLASS, 6, MJPEG, SIZES, 1, 1, 0, 0, 0, 0);
    put_frames(w, 7);
    w->bytes[begin + 4] = (uint8_t)(w->len - begin);
    w->bytes[begin + 5] = (uint8_t)((w->len - begin) >> 8);
    PUT(w, 7, 5, 0x80 | ENDPOINT, 2, 0x00, 0x02, 0);
}

static void put_configuration(struct writer *w)
{
    PUT(w, 9, 2, 0, 0, 2, 1, 0, 0x80, 50);
    PUT(w, 8, 11, 0, 2, VIDEO_CLASS, 3, 0, 0); // both interfaces are one camera
    put_control_interface(w);
    put_streaming_interface(w);
    w->bytes[2] = (uint8_t)w->len;
    w->bytes[3] = (uint8_t)(w->len >> 8);
}

static void put_string(struct writer *w, int index)
{
    static const char *const texts[] = {"", "lkcam", "Test Camera", "CAM1"};
    const char *text = texts[index & 3];
    if (!index) {
        PUT(w, 4, 3, 0x09, 0x04);
        return;
    }
    PUT(w, (uint8_t)(2 + 2 * strlen(text)), 3);
    for (; *text; text++)
        put(w, 2, (uint8_t)*text);
}

static void put_descriptor(struct writer *w, int type, int index)
{
    if (type == 1)
        PUT(w, 18, 1, 0, 2, 0xef, 2, 1, 64, 0x6b, 0x1d, 0x02, 0x01, 1, 0, 1, 2, 3, 1);
    else if (type == 2)
        put_configuration(w);
    else if (type == 3)
        put_string(w, index);
}

// ---- The stream ---------------------------------------------------------------------------------

static struct {
    int format, size;
    uint32_t interval_100ns;
    int number; // of the picture under way
    size_t sent;
    bool under_way;
    uint8_t toggle; // the frame id of the payload header
    int64_t due_us;
} stream = {YUYV, 0, 333333, 0, 0, false, 0, 0};

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void put_probe(struct writer *w)
{
    put(w, 2, 1);
    put(w, 1, (uint32_t)stream.format);
    put(w, 1, (uint32_t)stream.size + 1);
    put(w, 4, stream.interval_100ns);
    for (int i = 0; i < 5; i++)
        put(w, 2, 0);
    put(w, 4, (uint32_t)(sizes[stream.size].width * sizes[stream.size].height * 2));
    put(w, 4, PAYLOAD_BYTES);
}

static void take_probe(const uint8_t *p, bool commit)
{
    uint32_t wanted = get32(p + 4);
    stream.format = p[2] == MJPEG ? MJPEG : YUYV;
    stream.size = p[3] == 2;
    stream.interval_100ns = intervals_100ns[0];
    for (int i = 1; i < INTERVALS; i++)
        if (wanted >= intervals_100ns[i])
            stream.interval_100ns = intervals_100ns[i];
    if (commit) {
        stream.under_way = false;
        stream.due_us = now_us();
        printf("%s %dx%d\n", stream.format == MJPEG ? "MJPEG" : "YUYV", sizes[stream.size].width,
               sizes[stream.size].height);
        fflush(stdout);
    }
}

// A reader that is late misses pictures; it does not get them all at once.
static void begin_picture(int64_t now)
{
    int64_t next = stream.due_us + stream.interval_100ns / 10;
    stream.due_us = next < now - 500000 ? now : next;
    stream.number = (stream.number + 1) % PICTURES;
    stream.sent = 0;
    stream.under_way = true;
    stream.toggle ^= 1;
}

// The next payload, at most `room` bytes. @return its length.
static size_t next_payload(uint8_t *out, size_t room)
{
    const struct picture *p = &pictures[stream.size][stream.format - 1][stream.number];
    size_t n = p->len - stream.sent, most = room - HEADER_BYTES;
    n = n < most ? n : most;
    memcpy(out + HEADER_BYTES, p->bytes + stream.sent, n);
    stream.sent += n;
    stream.under_way = stream.sent < p->len;
    out[0] = HEADER_BYTES;
    out[1] = (uint8_t)(0x80 | stream.toggle | (stream.under_way ? 0 : 2)); // 2: end of the frame
    return HEADER_BYTES + n;
}

// ---- USB/IP: 48 bytes of header, big-endian (the kernel's Documentation/usb/usbip_protocol.rst)
// ---

enum { CMD_SUBMIT = 1, CMD_UNLINK, RET_SUBMIT, RET_UNLINK };

static int sock;

// Bulk transfers that wait for data.
static struct {
    uint32_t seq, len;
} waiting[WAITING_MAX];
static int waiting_count;

static bool receive(void *out, size_t len)
{
    return recv(sock, out, len, MSG_WAITALL) == (ssize_t)len;
}

static bool transmit(const void *bytes, size_t len)
{
    for (const uint8_t *p = bytes; len;) {
        ssize_t n = send(sock, p, len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

// `len`: transferred; the bytes follow when they came from us.
static bool reply(uint32_t command, uint32_t seq, int status, const void *bytes, uint32_t len)
{
    static uint8_t out[48 + PAYLOAD_BYTES];
    const uint32_t head[7] = {htonl(command),
                              htonl(seq),
                              0,
                              0,
                              0,
                              htonl((uint32_t)status),
                              htonl(command == RET_SUBMIT ? len : 0)};
    memset(out, 0, 48);
    memcpy(out, head, sizeof head);
    if (bytes)
        memcpy(out + 48, bytes, len);
    return transmit(out, 48 + (bytes ? len : 0));
}

struct setup {
    int type, request, value, index, length;
};

// @return whether the request is known; `data` are `len` bytes from the host.
static bool class_request(const struct setup *s, const uint8_t *data, uint32_t len,
                          struct writer *answer)
{
    int interface = s->index & 0xff, unit = s->index >> 8, selector = s->value >> 8;
    if (interface == 1) {
        if (s->request == SET_CUR && len >= 8)
            take_probe(data, selector == 2);
        else if (s->request == GET_INFO)
            put(answer, 1, 3);
        else if (s->request == GET_LEN)
            put(answer, 2, 26);
        else
            put_probe(answer);
        return true;
    }
    struct control *c = find_control(unit, selector);
    if (c && s->request == SET_CUR && len >= c->bytes) {
        c->now = (int16_t)(data[0] | (c->bytes == 2 ? data[1] << 8 : 0));
        return true;
    }
    return c && ask_control(c, s->request, answer);
}

static bool control_transfer(uint32_t seq, const uint8_t *p, const uint8_t *data, uint32_t len)
{
    struct setup s = {p[0], p[1], p[2] | p[3] << 8, p[4] | p[5] << 8, p[6] | p[7] << 8};
    struct writer answer = {.len = 0};
    bool known = true;
    if (s.type == 0x80 && s.request == 6)
        put_descriptor(&answer, s.value >> 8, s.value & 0xff);
    else if (s.type == 0x80 && s.request == 0)
        put(&answer, 2, 0);
    else if (s.type == 0x21 || s.type == 0xa1)
        known = class_request(&s, data, len, &answer);
    else
        known = s.type < 3; // configuration, interface, halt: nothing to do
    if (!known || (s.type & 0x80 && !answer.len))
        return reply(RET_SUBMIT, seq, -EPIPE, NULL, 0);
    if (!(s.type & 0x80))
        return reply(RET_SUBMIT, seq, 0, NULL, len);
    uint32_t n =
        (uint32_t)answer.len < (uint32_t)s.length ? (uint32_t)answer.len : (uint32_t)s.length;
    return reply(RET_SUBMIT, seq, 0, answer.bytes, n);
}

static void forget(int i)
{
    waiting_count--;
    memmove(waiting + i, waiting + i + 1, (size_t)(waiting_count - i) * sizeof *waiting);
}

static bool unlink_transfer(uint32_t seq, uint32_t which)
{
    for (int i = 0; i < waiting_count; i++)
        if (waiting[i].seq == which) {
            forget(i);
            return reply(RET_UNLINK, seq, -ECONNRESET, NULL, 0);
        }
    return reply(RET_UNLINK, seq, 0, NULL, 0);
}

static bool serve(void)
{
    static uint8_t data[4096];
    uint32_t head[12];
    if (!receive(head, sizeof head))
        return false;
    uint32_t seq = ntohl(head[1]), endpoint = ntohl(head[4]), len = ntohl(head[6]);
    bool in = ntohl(head[3]);
    if (ntohl(head[0]) == CMD_UNLINK)
        return unlink_transfer(seq, ntohl(head[5]));
    if (!in && len && (len > sizeof data || !receive(data, len)))
        return false;
    if (endpoint == 0)
        return control_transfer(seq, (const uint8_t *)&head[10], data, in ? 0 : len);
    if (endpoint != ENDPOINT || !in || waiting_count == WAITING_MAX)
        return reply(RET_SUBMIT, seq, -EPIPE, NULL, 0);
    waiting[waiting_count].seq = seq;
    waiting[waiting_count++].len = len;
    return true;
}

// Fill waiting transfers while there is something to send.
static bool pump(void)
{
    static uint8_t payload[PAYLOAD_BYTES];
    int64_t now = now_us();
    if (waiting_count && !stream.under_way && now >= stream.due_us)
        begin_picture(now);
    while (waiting_count && stream.under_way) {
        size_t room = waiting[0].len < PAYLOAD_BYTES ? waiting[0].len : PAYLOAD_BYTES;
        size_t n = next_payload(payload, room);
        if (!reply(RET_SUBMIT, waiting[0].seq, 0, payload, (uint32_t)n))
            return false;
        forget(0);
    }
    return true;
}

static int patience_ms(void)
{
    if (!waiting_count)
        return -1;
    int64_t left = stream.due_us - now_us();
    return left > 0 ? (int)(left / 1000) + 1 : 0;
}

static void plug_in(void)
{
    enum { HIGH_SPEED = 3 };
    int pair[2];
    int attach = open("/sys/devices/platform/vhci_hcd.0/attach", O_WRONLY);
    if (attach < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
        die("vhci_hcd");
    if (dprintf(attach, "%d %d %d %d", 0, pair[0], 0x10002, HIGH_SPEED) < 0)
        die("vhci_hcd attach");
    close(attach);
    close(pair[0]);
    sock = pair[1];
}

// ---- Pictures -----------------------------------------------------------------------------------

static void load(struct picture *p, const char *path, long from, size_t len)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END))
        die(path);
    p->len = len ? len : (size_t)ftell(f);
    p->bytes = malloc(p->len);
    if (!p->bytes || fseek(f, from, SEEK_SET) || fread(p->bytes, 1, p->len, f) != p->len)
        die(path);
    fclose(f);
}

static void load_all(const char *folder)
{
    char path[512];
    for (int s = 0; s < SIZES; s++) {
        size_t len = (size_t)(sizes[s].width * sizes[s].height * 2);
        for (int i = 0; i < PICTURES; i++) {
            snprintf(path, sizeof path, "%s/%dx%d.yuyv", folder, sizes[s].width, sizes[s].height);
            load(&pictures[s][YUYV - 1][i], path, (long)(len * (size_t)i), len);
            snprintf(path, sizeof path, "%s/%dx%d-%d.jpg", folder, sizes[s].width, sizes[s].height,
                     i + 1);
            load(&pictures[s][MJPEG - 1][i], path, 0, 0);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: usb_camera FOLDER\n");
        return 2;
    }
    load_all(argv[1]);
    plug_in();
    for (;;) {
        struct pollfd f = {.fd = sock, .events = POLLIN};
        int ready = poll(&f, 1, patience_ms());
        if ((ready > 0 && !serve()) || !pump())
            break;
    }
    return 1;
}
