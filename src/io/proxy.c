// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
#include "io/proxy.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// libcurl passes HTTP_PROXY in capitals over: a CGI server sets it to what a client sends.
static const char *const for_tls[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", NULL};
static const char *const for_plain[] = {"http_proxy", "all_proxy", "ALL_PROXY", NULL};

// CURLOPT_PROXY: "the default port is 443 for HTTPS proxies, 1080 for all others".
static uint16_t default_port(CURLU *url)
{
    char *scheme = NULL;
    bool https = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                 strcmp(scheme, "https") == 0;
    curl_free(scheme);
    return https ? 443 : 1080;
}

static void read_url(struct lkcam_proxy *out, const char *text)
{
    char *host = NULL, *port = NULL;
    CURLU *url = curl_url();
    if (url &&
        curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME) ==
            CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
        size_t len = strlen(host);
        bool v6 = host[0] == '[' && host[len - 1] == ']';
        snprintf(out->host, sizeof out->host, "%.*s", (int)(v6 ? len - 2 : len), host + v6);
        out->port = curl_url_get(url, CURLUPART_PORT, &port, 0) == CURLUE_OK
                        ? (uint16_t)strtoul(port, NULL, 10)
                        : default_port(url);
    }
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(url);
}

bool lkcam_proxy_find(struct lkcam_proxy *out, bool tls)
{
    *out = (struct lkcam_proxy){0};
    for (const char *const *name = tls ? for_tls : for_plain; *name; name++) {
        const char *text = getenv(*name);
        if (!text || !*text)
            continue;
        out->variable = *name;
        read_url(out, text);
        return true;
    }
    return false;
}
