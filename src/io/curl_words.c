// SPDX-FileCopyrightText: 2026 the lkcam authors
// SPDX-License-Identifier: MIT
// What libcurl failed of, in words for a person: what is wrong and what to do.
#include <errno.h>
#include <openssl/x509_vfy.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io/curl_loop.h"
#include "io/proxy.h"

struct words {
    char *why;
    size_t len;
};

static int say(struct words w, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int say(struct words w, int error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(w.why, w.len, format, args);
    va_end(args);
    return error;
}

static long ask(struct lkcam_curl_loop *c, CURLINFO what)
{
    long value = 0;
    return curl_easy_getinfo(c->easy, what, &value) == CURLE_OK ? value : 0;
}

// "connection refused": strerror's words begin with a capital.
static int say_errno(struct words w, int os)
{
    say(w, 0, "%s", strerror(os));
    if (w.why[0] >= 'A' && w.why[0] <= 'Z')
        w.why[0] = (char)(w.why[0] - 'A' + 'a');
    return -os;
}

// ---- Certificates -------------------------------------------------------------------------------

static int say_certificate(struct words w, long verdict)
{
    switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return say(w, -EKEYEXPIRED,
                   "the server's TLS certificate has expired: have it renewed there, or set this "
                   "machine's clock");
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return say(w, -EKEYREJECTED,
                   "the server's TLS certificate is not valid yet: set this machine's clock");
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return say(w, -EKEYREJECTED,
                   "the server's TLS certificate is of an authority that is not known here: give "
                   "that authority's with --ca-file");
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED: // libcurl's own: the chain is good, the name was looked at after
                                 // it
        return say(w, -EKEYREJECTED,
                   "the server's TLS certificate is not for this host name: put a name that it "
                   "is for into the URL");
    default:
        return say(w, -EKEYREJECTED, "the server's TLS certificate is not accepted: %s",
                   X509_verify_cert_error_string(verdict));
    }
}

// ---- Proxies ------------------------------------------------------------------------------------

struct way {
    struct lkcam_proxy proxy;
    char name[320]; // "the proxy 10.0.0.1:3128 of http_proxy"
    bool by_proxy;
};

static bool is_tls(struct lkcam_curl_loop *c)
{
    char *url = NULL;
    return curl_easy_getinfo(c->easy, CURLINFO_EFFECTIVE_URL, &url) == CURLE_OK && url &&
           strncmp(url, "https:", 6) == 0;
}

// Whether the failure was on the way by a proxy: no_proxy may have sent us past it, and then
// another port was tried (a proxy on the server's own port is taken for the one that failed).
static struct way find_way(struct lkcam_curl_loop *c, CURLcode code)
{
    struct way way = {0};
    struct lkcam_proxy *p = &way.proxy;

    if (!lkcam_proxy_find(p, is_tls(c)))
        return way;
    way.by_proxy = code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PROXY ||
                   ask(c, CURLINFO_HTTP_CONNECTCODE) || (p->port && p->port == c->tried_port);
    if (!p->host[0])
        snprintf(way.name, sizeof way.name, "the proxy of %s", p->variable);
    else
        snprintf(way.name, sizeof way.name,
                 strchr(p->host, ':') ? "the proxy [%s]:%u of %s" : "the proxy %s:%u of %s",
                 p->host, p->port, p->variable);
    return way;
}

static int say_refused(struct words w, const struct way *way, long status)
{
    if (status == 407 || status == 401) // 401: tinyproxy's answer to a wrong password
        return say(w, -EACCES,
                   "%s wants a name and a password, or others than it got (HTTP %ld): "
                   "%s=http://NAME:PASSWORD@HOST:PORT gives them",
                   way->name, status, way->proxy.variable);
    if (status < 500)
        return say(w, -EACCES,
                   "%s does not let us through (HTTP %ld): have this server allowed there, or name "
                   "it in no_proxy",
                   way->name, status);
    return say(w, -EHOSTUNREACH, "%s does not reach the server (HTTP %ld)", way->name, status);
}

static int say_socks(struct lkcam_curl_loop *c, struct words w, const struct way *way)
{
    switch (ask(c, CURLINFO_PROXY_ERROR)) {
    case CURLPX_NO_AUTH:
    case CURLPX_USER_REJECTED:
    case CURLPX_IDENTD:
    case CURLPX_IDENTD_DIFFER:
        return say(w, -EACCES,
                   "%s wants a name and a password, or others than it got: "
                   "%s=socks5h://NAME:PASSWORD@HOST:PORT gives them",
                   way->name, way->proxy.variable);
    case CURLPX_REPLY_NOT_ALLOWED:
    case CURLPX_REQUEST_FAILED:
        return say(w, -EACCES,
                   "%s does not let us through: have this server allowed there, or name it in "
                   "no_proxy",
                   way->name);
    case CURLPX_RESOLVE_HOST:
        return say(w, -EHOSTUNREACH,
                   "no such host here; with socks5h:// in %s the proxy looks it up",
                   way->proxy.variable);
    case CURLPX_REPLY_CONNECTION_REFUSED:
    case CURLPX_REPLY_GENERAL_SERVER_FAILURE:
    case CURLPX_REPLY_HOST_UNREACHABLE:
    case CURLPX_REPLY_NETWORK_UNREACHABLE:
    case CURLPX_REPLY_TTL_EXPIRED:
        return say(w, -EHOSTUNREACH, "%s does not reach the server", way->name);
    default:
        return say(w, -EPROTO, "%s does not speak SOCKS as %s says", way->name,
                   way->proxy.variable);
    }
}

static int say_proxy(struct lkcam_curl_loop *c, CURLcode code, struct words w,
                     const struct way *way)
{
    char cause[128];
    const long status = ask(c, CURLINFO_HTTP_CONNECTCODE), os = ask(c, CURLINFO_OS_ERRNO);

    if (code == CURLE_COULDNT_RESOLVE_PROXY)
        return say(w, -EHOSTUNREACH, "%s: no such host", way->name);
    if (status >= 300)
        return say_refused(w, way, status);
    if (code == CURLE_PROXY)
        return say_socks(c, w, way);
    if (code == CURLE_COULDNT_CONNECT && os) {
        int error = say_errno((struct words){cause, sizeof cause}, (int)os);
        return say(w, error, "%s is not there: %s", way->name, cause);
    }
    if (code == CURLE_OPERATION_TIMEDOUT)
        return say(w, -ETIMEDOUT, "no answer within %ld s by %s", LKCAM_CURL_LOOP_CONNECT_MS / 1000,
                   way->name);
    return say(w, -EPROTO, "%s does not answer as a proxy does: %s", way->name,
               curl_easy_strerror(code));
}

// ---- All ----------------------------------------------------------------------------------------

static bool is_of_tls(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR;
}

int lkcam_curl_loop_explain(struct lkcam_curl_loop *c, CURLcode code, char *why, size_t why_len)
{
    const struct words w = {why, why_len};
    const struct way way = find_way(c, code);
    const long os = ask(c, CURLINFO_OS_ERRNO);

    if (code == CURLE_PEER_FAILED_VERIFICATION)
        return say_certificate(w, ask(c, CURLINFO_SSL_VERIFYRESULT));
    if (way.by_proxy && !is_of_tls(code))
        return say_proxy(c, code, w, &way);
    c->error[strcspn(c->error, "\r\n")] = '\0';
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return say(w, -EHOSTUNREACH, "no such host");
    case CURLE_OPERATION_TIMEDOUT:
        return say(w, -ETIMEDOUT, "no answer within %ld s", LKCAM_CURL_LOOP_CONNECT_MS / 1000);
    case CURLE_SSL_CONNECT_ERROR:
        return say(w, -EPROTO,
                   "the TLS handshake failed; a server without TLS has a ws:// or http:// URL");
    case CURLE_COULDNT_CONNECT:
        if (os)
            return say_errno(w, (int)os);
        break;
    default:
        break;
    }
    return say(w, -EIO, "%s", c->error[0] ? c->error : curl_easy_strerror(code));
}
