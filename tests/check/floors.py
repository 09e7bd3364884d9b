#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""Who may include whom, and where each foreign header is met (docs/design/README.md)."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
BELOW = {
    "base": set(), "wire": {"base"},
    **{m: {"wire", "base"} for m in ("media", "send", "net", "sig", "io")},
    "room": {"send", "net", "sig", "wire", "base"},
    "pub": {"room", "media", "send", "net", "sig", "io", "wire", "base"},
}
# The public header's structs are the words of errors, of scheduling and of cameras: these may include it from below pub.
PUBLIC = {"base/err.h", "sig/token.h", "io/rt.h", "pub/ledger.h",
          "media/v4l2_control.h", "media/v4l2_setting.h", "media/v4l2_device.h"}
HOMES = {
    r"x264\.h": {"media/enc_x264.c"},
    r"libyuv(\.h|/.*)": {"media/convert.c"},
    r"turbojpeg\.h": {"media/mjpeg.c"},
    r"linux/videodev2\.h": {f"media/v4l2{part}.c" for part in ("", "_buffer", "_control", "_device", "_find", "_format", "_mode", "_setting")},
    r"openssl/(evp|hmac|crypto|sha)\.h": {"base/hash.c", "net/dtls.c", "net/dtls_identity.c"},
    r"openssl/err\.h": {"io/ca.c", "net/dtls.c"},
    r"openssl/pem\.h": {"io/ca.c"},
    r"openssl/x509_vfy\.h": {"io/curl_words.c"},
    r"openssl/.*": {"base/hash.c", "io/ca.c", "io/curl_words.c", "net/dtls.c", "net/dtls_identity.c", "net/dtls_identity.h", "net/dtls_bio.c", "net/dtls_bio.h"},
    r"srtp2/.*": {"net/srtp.c"},
    r"(pb|pb_encode|pb_decode|livekit\.pb)\.h": {"sig/messages.c"},
    r"jansson\.h": {"sig/json.c"},
    r"curl/.*": {"io/curl_loop.c", "io/curl_loop.h", "io/curl_words.c", "io/http.c", "io/proxy.c", "io/tcp.c"},
    r"wslay/.*": {"io/websocket.c"},
    r"sys/epoll\.h": {"io/curl_loop.c", "io/framed.c", "io/loop.c", "io/tcp.c", "pub/inbound.c", "pub/publisher.c"},
}

bad = []
for path in sorted((ROOT / "src").rglob("*.[ch]")):
    name = path.relative_to(ROOT / "src").as_posix()
    folder = name.split("/")[0]
    for line in path.read_text().splitlines():
        m = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
        if not m:
            continue
        header = m.group(2)
        if header == "lkcam/lkcam.h":
            if folder != "pub" and name not in PUBLIC:
                bad.append(f"{name}: the public header belongs to pub")
        elif m.group(1) == '"' and "/" in header and header.split("/")[0] in BELOW:
            if header.split("/")[0] not in BELOW[folder] | {folder}:
                bad.append(f"{name}: {folder} must not include {header}")
        for pattern, homes in HOMES.items():
            if re.fullmatch(pattern, header) and name not in homes:
                bad.append(f"{name}: {header} has its home elsewhere")
                break
for path in sorted((ROOT / "cli").rglob("*.[ch]")) + sorted((ROOT / "examples").rglob("*.[ch]")):
    for header in re.findall(r'#\s*include\s+"([^"]+)"', path.read_text()):
        if header.split("/")[0] in BELOW:
            bad.append(f"{path.relative_to(ROOT)}: a program includes the public header only, not {header}")
print("\n".join(bad) or "floors kept")
sys.exit(bool(bad))
