# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The viewer's page in Debian's Chromium, which notes when each picture goes to the screen and reads its stamp.

What requestVideoFrameCallback tells of a picture: received (its last packet has come), presented (given to the compositor), expected (on
the screen). Times are of the page's clock; `clock` lays it upon CLOCK_MONOTONIC."""
import json
import re
import shutil
import subprocess
import sys
import time

from playwright.sync_api import sync_playwright

import measure
import paths
from child import Child
from stamp import read_rows

EXCHANGES = 40

# Noted first, read afterwards: the picture's luma in the strip of stamp.h, of each block the middle.
WATCH = """sent => {
    const video = document.querySelector('video'), rows = window.lkcamPictures = [];
    async function readStamp(frame, row) {
        const block = (sent >= 640 ? 16 : 8) * frame.codedWidth / sent, rect = {x: 0, y: 0, width: 32 * block, height: 3 * block};
        const bytes = new Uint8Array(frame.allocationSize({rect}));
        const [luma] = await frame.copyTo(bytes, {rect});
        frame.close();
        row.stamp = [0, 1, 2].map(line => {
            let bits = '';
            for (let i = 0; i < 32; i++) {
                let sum = 0;
                for (let y = block / 4; y < block * 3 / 4; y++)
                    for (let x = block / 4; x < block * 3 / 4; x++)
                        sum += bytes[luma.offset + (line * block + y) * luma.stride + i * block + x];
                bits += sum / (block * block / 4) > 125.5 ? '1' : '0';
            }
            return parseInt(bits, 2);
        });
    }
    function picture(now, about) {
        video.requestVideoFrameCallback(picture);
        const row = {called: now, presented: about.presentationTime, expected: about.expectedDisplayTime,
                     received: about.receiveTime, rtp: about.rtpTimestamp, count: about.presentedFrames, width: about.width};
        rows.push(row);
        readStamp(new VideoFrame(video), row);
    }
    video.requestVideoFrameCallback(picture);
}"""

KEY_FRAMES = """async () => {
    for (const entry of (await shownTrack.getRTCStatsReport()).values())
        if (entry.type === 'inbound-rtp')
            return entry.keyFramesDecoded;
}"""


class Browser:
    def __init__(self, url, token, folder, width, namespace=None):
        """`width` of the stamped picture: a lower layer of a simulcast has smaller blocks."""
        self.playwright, self.browser = sync_playwright().start(), None
        self.server = Child([sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", self.pages(url, token, folder), "0"],
                            namespace=namespace)
        try:
            port = self.server.wait_for(lambda: re.search(r"port (\d+)", "".join(self.server.lines)), 5, "the page's address")[1]
            self.browser = self.playwright.chromium.launch(executable_path=self.program(folder, namespace), args=paths.CHROMIUM_FLAGS)
            self.page = self.browser.new_page(viewport={"width": 1280, "height": 720})
            self.page.goto(f"http://127.0.0.1:{port}/")
            self.page.evaluate(WATCH, width)
        except BaseException:
            self.close()
            raise

    @staticmethod
    def pages(url, token, folder):
        """What `lkcam view` serves, but with the benchmark's token: whose join creates the room decides its playout delay."""
        pages = folder / "pages"
        shutil.copytree(paths.ROOT / "viewer", pages, ignore=shutil.ignore_patterns("node_modules"))
        shutil.copy(client(), pages)
        (pages / "session").write_text(json.dumps({"url": url, "room": "", "token": token}))
        return str(pages)

    @staticmethod
    def program(folder, namespace):
        """Chromium, or a script that starts it in the namespace."""
        if not namespace:
            return paths.chromium()
        script = folder / "chromium"
        script.write_text(f'#!/bin/sh\nexec ip netns exec {namespace} {paths.chromium()} "$@"\n')
        script.chmod(0o755)
        return script

    def wait_joined(self):
        self.page.wait_for_function("['waiting', 'connected'].includes(window.lkcamStats.state)", timeout=20000)

    def has_picture(self):
        return self.page.evaluate("window.lkcamPictures.length") > 0

    def key_frames(self):
        return self.page.evaluate(KEY_FRAMES)

    def clock(self):
        """@return (what is added to the page's clock to have CLOCK_MONOTONIC, by how much it may be wrong), s"""
        asked = []
        for _ in range(EXCHANGES):
            before = time.monotonic()
            page_s = self.page.evaluate("performance.now()") / 1e3
            asked.append((before, page_s, time.monotonic()))
        return measure.clock_between(asked)

    def pictures(self, clock_s):
        """Every picture so far: at_s and presented_s are the same instant."""
        out = []
        for row in self.page.evaluate("window.lkcamPictures"):
            stamp = read_rows(b"".join(n.to_bytes(4, "big") for n in row.get("stamp", ())))
            times = {f"{key}_s": row[key] / 1e3 + clock_s for key in ("received", "presented", "expected", "called") if row.get(key)}
            out.append({"id": stamp and stamp[0], "stamp_us": stamp and stamp[1], "at_s": times["presented_s"], "rtp": row.get("rtp"),
                        "count": row["count"], "width": row["width"]} | times)
        return out

    def close(self):
        if self.browser:
            self.browser.close()
        self.playwright.stop()
        self.server.kill()


def client():
    return subprocess.run([paths.ROOT / "scripts" / "viewer-client.sh"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
