// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "page.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define IDLE_TIMEOUT_S 30u
#define CONNECTIONS_MAX 32u

/* Scripts and styles are our own files. The server may send the client on to another host (cloud
 * regions), so connections are bounded by scheme only. */
#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "              \
    "media-src 'self' blob: mediastream:; worker-src blob:; connect-src 'self' ws: wss: http: "    \
    "https:; "                                                                                     \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

static int make_key(char out[LKCAM_CLI_KEY_TEXT])
{
    unsigned char bytes[LKCAM_CLI_KEY_TEXT / 2];
    if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
        return -EIO;
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return 0;
}

/* Takes as long for a wrong key as for the right one. */
static int same_key(const char *key, const char *text)
{
    unsigned char difference = 0;
    for (size_t i = 0; i < LKCAM_CLI_KEY_TEXT - 1; i++)
        difference |= (unsigned char)(key[i] ^ text[i]);
    return !difference;
}

/* What stands behind "/KEY/", or NULL. */
static const char *below_key(const struct lkcam_cli_page *p, const char *url)
{
    const size_t len = LKCAM_CLI_KEY_TEXT - 1;
    if (strlen(url) < len + 2 || url[0] != '/' || url[len + 1] != '/')
        return NULL;
    return same_key(p->key, url + 1) ? url + len + 2 : NULL;
}

static enum MHD_Result send_response(struct MHD_Connection *to, unsigned int code, const char *type,
                                     struct MHD_Response *response)
{
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(response, "Content-Security-Policy", POLICY);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    // The address holds the key.
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    enum MHD_Result result = MHD_queue_response(to, code, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result send_line(struct MHD_Connection *to, unsigned int code, const char *line)
{
    // The library takes no const, but copies.
    return send_response(
        to, code, "text/plain",
        MHD_create_response_from_buffer(strlen(line), (void *)line, MHD_RESPMEM_MUST_COPY));
}

static enum MHD_Result send_session(struct lkcam_cli_page *p, struct MHD_Connection *to)
{
    char *json = p->session(p->ctx);
    if (!json)
        return send_line(to, MHD_HTTP_INTERNAL_SERVER_ERROR, "no token\n");
    return send_response(
        to, MHD_HTTP_OK, "application/json",
        MHD_create_response_from_buffer(strlen(json), json, MHD_RESPMEM_MUST_FREE));
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *to, const char *url,
                                  const char *method, const char *version, const char *body,
                                  size_t *body_len, void **request)
{
    struct lkcam_cli_page *p = ctx;
    const char *name = below_key(p, url);
    if (!name)
        return send_line(to, MHD_HTTP_NOT_FOUND, "not found\n");
    if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
        return send_line(to, MHD_HTTP_METHOD_NOT_ALLOWED, "GET only\n");
    if (!strcmp(name, "session"))
        return send_session(p, to);
    const struct lkcam_cli_asset *a = lkcam_cli_assets_find(p->assets, name);
    if (!a)
        return send_line(to, MHD_HTTP_NOT_FOUND, "not found\n");
    return send_response(to, MHD_HTTP_OK, a->type,
                         MHD_create_response_from_buffer(a->len, a->bytes, MHD_RESPMEM_PERSISTENT));
}

int lkcam_cli_page_open(struct lkcam_cli_page *p, uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int err = make_key(p->key);
    if (err)
        return err;
    errno = 0;
    p->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, port, NULL, NULL,
                                 on_request, p, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
                                 MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_S,
                                 MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_END);
    if (!p->daemon)
        return errno ? -errno : -EIO;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(p->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : -EIO;
}

void lkcam_cli_page_close(struct lkcam_cli_page *p)
{
    if (p->daemon)
        MHD_stop_daemon(p->daemon);
    p->daemon = NULL;
}
