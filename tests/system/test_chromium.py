# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""A real browser opens the address that `lkcam view` prints and shows the camera."""
import base64
import signal

import numpy as np
import pytest
from playwright.sync_api import sync_playwright

import paths
from child import Child
from fakecam import FakeCameras
from publisher import environment
from stamp import read_stamp
from waiting import wait_for

WIDTH, HEIGHT = 1280, 720
# Draws what `source` holds at the size of the video and returns it as RGBA.
READ_PIXELS = """async ([png, width, height]) => {
    const blob = png && new Blob([Uint8Array.from(atob(png), c => c.charCodeAt(0))], {type: 'image/png'});
    const source = png ? await createImageBitmap(blob) : document.querySelector('video');
    const canvas = new OffscreenCanvas(width, height), context = canvas.getContext('2d');
    context.drawImage(source, 0, 0, width, height);
    const bytes = context.getImageData(0, 0, width, height).data;
    let text = '';
    for (let i = 0; i < bytes.length; i += 32768)
        text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return btoa(text);
}"""


@pytest.fixture
def page_address(lkcam, shared_server, room, children):
    view = Child([lkcam, "view", "--room", room], env=environment(shared_server.url))
    children.append(view)
    return view.wait_for(lambda: view.lines, 5, "the page's address")[0]


@pytest.fixture
def page():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=paths.chromium(), args=paths.CHROMIUM_FLAGS)
        yield browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        browser.close()


def pixels_of(page, png=None):
    """What the page's video shows, or a picture of the page: rows of RGBA."""
    encoded = page.evaluate(READ_PIXELS, [png and base64.b64encode(png).decode(), WIDTH, HEIGHT])
    return np.frombuffer(base64.b64decode(encoded), np.uint8).reshape(HEIGHT, WIDTH, 4)


def stamp_of(page, png=None):
    return read_stamp(pixels_of(page, png)[:, :, 1])


def frames_decoded(page):
    return page.evaluate("window.lkcamStats.framesDecoded")


def test_page_shows_the_moving_picture(publish, page_address, page, request):
    publish("--size", f"{WIDTH}x{HEIGHT}").wait_live()
    page.goto(page_address)
    before = wait_for(lambda: frames_decoded(page), 10, "a picture")
    first = stamp_of(page)
    # The page counts once a second; two seconds of pictures, in three at most.
    wait_for(lambda: frames_decoded(page) >= before + 45, 3, "two seconds of pictures")
    second = stamp_of(page)
    assert first and second and second[0] > first[0]

    if request.config.getoption("--keep-screenshot"):
        page.screenshot(path=paths.ROOT / "docs" / "picture.jpg", type="jpeg", quality=75)
    page.locator("#overlay").evaluate("e => { e.style.display = 'none'; }")
    seen = stamp_of(page, page.screenshot())
    assert seen and seen[0] >= second[0]


def state(page):
    return page.locator("#state").inner_text()


def looks_frozen(page):
    return page.locator("video").evaluate(
        "v => v.classList.contains('frozen') && Number(getComputedStyle(v).opacity) < 0.5")


def test_picture_that_stands_still_does_not_look_live(publish, page_address, page):
    publisher = publish("--size", f"{WIDTH}x{HEIGHT}")
    publisher.wait_live()
    page.goto(page_address)
    wait_for(lambda: frames_decoded(page) >= 30, 10, "a picture")
    assert state(page) == "connected"
    assert not looks_frozen(page)

    publisher.process.send_signal(signal.SIGSTOP)
    try:
        for seconds in (1, 2):
            wait_for(lambda: state(page) == f"no picture for {seconds} s", 3, "the words")
            assert looks_frozen(page)
            assert page.locator("#figures").inner_text() == ""
    finally:
        publisher.process.send_signal(signal.SIGCONT)
    wait_for(lambda: state(page) == "connected" and not looks_frozen(page), 3, "a live picture")
    wait_for(lambda: "fps" in page.locator("#figures").inner_text(), 3, "the figures")


# V4L2's numbers, ITU-T H.273's coefficients of red and blue in luma, full range.
COLORS = {"as most cameras": (8, 0, (0.299, 0.114), False), "full range": (8, 1, (0.299, 0.114), True), "BT.709": (3, 0, (0.2126, 0.0722), False)}
YCBCR = (100, 96, 176)


def meant(red, blue, full_range):
    """The RGB of YCBCR."""
    y, cb, cr = (YCBCR[0] / 255, *((c - 128) / 255 for c in YCBCR[1:])) if full_range else ((YCBCR[0] - 16) / 219, *((c - 128) / 224 for c in YCBCR[1:]))
    r, b = y + 2 * (1 - red) * cr, y + 2 * (1 - blue) * cb
    return [255 * v for v in (r, (y - red * r - blue * b) / (1 - red - blue), b)]


@pytest.mark.parametrize("kind", COLORS)
def test_colors_are_those_that_the_camera_meant(kind, publish, page_address, page, tmp_path):
    colorspace, quantization, coefficients, full_range = COLORS[kind]
    y, cb, cr = YCBCR
    clip = tmp_path / "plain.yuyv"
    clip.write_bytes(bytes((y, cb, y, cr)) * (WIDTH // 2 * HEIGHT))
    fake = FakeCameras(tmp_path / "cameras", f"clip={WIDTH}x{HEIGHT}:{clip},colorspace={colorspace},quantization={quantization}")
    publish("--source", "v4l2", "--device", "/dev/video0", env=fake.environment).wait_live()
    page.goto(page_address)
    wait_for(lambda: frames_decoded(page) >= 30, 10, "a picture")
    seen = pixels_of(page)[HEIGHT // 2:, :, :3].reshape(-1, 3).mean(axis=0)
    expected = meant(*coefficients, full_range)
    assert np.abs(seen - expected).max() < 4, (seen, expected)
