# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""The environment's proxies: each test asks the proxy itself whether it was used. Media goes past them."""
import pytest

import fake_servers
from certificates import Authority
from nginx import Nginx
from proxies import NAME, PASSWORD, Microsocks, Tinyproxy
from publisher import DONE, SERVER
from server import free_port

PICTURES = 300


@pytest.fixture
def http_proxy(tmp_path, children):
    """http_proxy(connect_port=, password=) -> a running Tinyproxy."""
    def start(**options):
        children.append(Tinyproxy(tmp_path, **options))
        return children[-1]
    return start


@pytest.fixture
def socks(children):
    def start(**options):
        children.append(Microsocks(**options))
        return children[-1]
    return start


@pytest.fixture
def tls_server(tmp_path, shared_server, children):
    """(nginx with TLS, flags that trust it)"""
    authority = Authority(tmp_path)
    folder = tmp_path / "nginx"
    folder.mkdir()
    children.append(Nginx(folder, shared_server.port, authority.issue()))
    return children[-1].wait_ready(), ["--ca-file", str(authority.file)]


def goes_live(publisher):
    publisher.wait_live()
    assert publisher.stop()[0] == DONE


def refused(publisher):
    """The line that tells why."""
    assert publisher.wait_end(5)[0] == SERVER
    assert PASSWORD not in publisher.stderr
    return publisher.stderr.strip().splitlines()[-1]


def of(proxy, variable):
    return f"the proxy 127.0.0.1:{proxy if isinstance(proxy, int) else proxy.port} of {variable}"


# --- used ----------------------------------------------------------------------------------------

def test_pictures_through_an_http_proxy(http_proxy, publish, subscribe):
    proxy = http_proxy()
    publisher = publish(env={"http_proxy": proxy.url()})
    publisher.wait_live()
    viewer = subscribe()
    viewer.wait_pictures(PICTURES, 20)
    assert publisher.stop()[0] == DONE
    assert proxy.carried == 1


def test_pictures_through_socks(socks, publish, subscribe):
    proxy = socks()
    publisher = publish(env={"all_proxy": proxy.url()})
    publisher.wait_live()
    viewer = subscribe()
    viewer.wait_pictures(PICTURES, 20)
    assert publisher.stop()[0] == DONE
    assert proxy.carried == 1


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_tls_through_an_http_proxy(variable, http_proxy, tls_server, publish):
    proxy, (server, flags) = http_proxy(), tls_server
    goes_live(publish(*flags, url=server.url, env={variable: proxy.url()}))
    assert proxy.carried == 1
    asked, = server.wait_requests(1)
    assert asked["alpn"] == "http/1.1"


def test_tls_through_socks(socks, tls_server, publish):
    proxy, (server, flags) = socks(), tls_server
    goes_live(publish(*flags, url=server.url, env={"https_proxy": proxy.url()}))
    assert proxy.carried == 1


@pytest.mark.parametrize("kind, variable", [("http_proxy", "http_proxy"), ("socks", "all_proxy")])
def test_name_and_password_of_the_proxy_are_used_and_not_told(kind, variable, request, publish):
    proxy = request.getfixturevalue(kind)(password=PASSWORD)
    publisher = publish("--verbose", env={variable: proxy.url(NAME, PASSWORD)})
    goes_live(publisher)
    assert proxy.carried == 1
    assert PASSWORD not in publisher.stderr + "\n".join(publisher.lines)


# --- passed by -----------------------------------------------------------------------------------

@pytest.mark.parametrize("exempt", ["127.0.0.1", "*", "10.0.0.0/8,127.0.0.0/8"])
def test_no_proxy_is_respected(exempt, http_proxy, publish):
    proxy = http_proxy()
    goes_live(publish(env={"http_proxy": proxy.url(), "no_proxy": exempt}))
    assert proxy.carried == 0


def test_the_other_scheme_is_of_no_concern(http_proxy, tls_server, publish):
    """http_proxy is for ws:, https_proxy for wss:. HTTP_PROXY in capitals counts nowhere."""
    proxy, (server, flags) = http_proxy(), tls_server
    goes_live(publish(env={"https_proxy": proxy.url(), "HTTP_PROXY": proxy.url()}))
    goes_live(publish(*flags, url=server.url, env={"http_proxy": proxy.url(), "HTTP_PROXY": proxy.url()}))
    assert proxy.carried == 0


def test_a_server_that_is_down_is_not_taken_for_its_proxy(http_proxy, publish):
    port = free_port()
    line = refused(publish(url=f"ws://127.0.0.1:{port}", env={"http_proxy": http_proxy().url(), "no_proxy": "127.0.0.1"}))
    assert line.endswith(f"127.0.0.1:{port}: connection refused")


# --- refusals ------------------------------------------------------------------------------------

@pytest.mark.parametrize("variable, scheme", [("http_proxy", "http"), ("all_proxy", "socks5h")])
def test_a_proxy_that_is_down(variable, scheme, publish):
    port = free_port()
    line = refused(publish(env={variable: f"{scheme}://{NAME}:{PASSWORD}@127.0.0.1:{port}"}))
    assert f"{of(port, variable)} is not there: connection refused" in line


def test_a_proxy_without_an_address(publish):
    assert "the proxy no-such-host.invalid:3128 of http_proxy: no such host" in refused(publish(env={"http_proxy": "http://no-such-host.invalid:3128"}))


def test_a_proxy_that_forbids_the_server(http_proxy, publish):
    proxy = http_proxy(connect_port=443)
    line = refused(publish(env={"http_proxy": proxy.url()}))
    assert of(proxy, "http_proxy") in line and "HTTP 403" in line and "no_proxy" in line


@pytest.mark.parametrize("given", [(), (NAME, PASSWORD + "!")], ids=["none", "wrong"])
def test_an_http_proxy_that_wants_a_password(given, http_proxy, publish):
    proxy = http_proxy(password=PASSWORD)
    line = refused(publish("--verbose", env={"http_proxy": proxy.url(*given)}))
    assert of(proxy, "http_proxy") in line and "(HTTP 40" in line and "NAME:PASSWORD" in line


@pytest.mark.parametrize("given", [(), (NAME, PASSWORD + "!")], ids=["none", "wrong"])
def test_a_socks_proxy_that_wants_a_password(given, socks, publish):
    proxy = socks(password=PASSWORD)
    line = refused(publish("--verbose", env={"all_proxy": proxy.url(*given)}))
    assert of(proxy, "all_proxy") in line and "name and a password" in line
    assert proxy.carried == 0


def test_a_server_that_the_proxy_does_not_reach(http_proxy, socks, publish):
    url = f"ws://127.0.0.1:{free_port()}"
    for variable, proxy in (("http_proxy", http_proxy()), ("all_proxy", socks())):
        line = refused(publish(url=url, env={variable: proxy.url()}))
        assert f"{of(proxy, variable)} does not reach the server" in line


@pytest.mark.parametrize("variable, scheme", [("http_proxy", "http"), ("all_proxy", "socks5h")])
@pytest.mark.parametrize("treat", [fake_servers.hang_up, fake_servers.garbage])
def test_what_is_no_proxy_is_told(treat, variable, scheme, publish):
    server = fake_servers.FakeServer(treat)
    try:
        port = int(server.url.rsplit(":", 1)[1])
        line = refused(publish(env={variable: f"{scheme}://127.0.0.1:{port}"}))
        assert of(port, variable) in line and server.connections == 1
    finally:
        server.close()
