# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""A newly installed Debian in a folder (mmdebstrap), with the project as a clone of it would be."""
import os
import pathlib
import shutil
import signal
import subprocess

from child import Child
from paths import ROOT

PATH = "/usr/bin:/bin"
USER, CLONE = "someone", "clone"
AUTHORITIES = "etc/authorities.pem"

# How this machine reaches package archives is the new one's way too.
NETWORK_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "pip_index_url", "pip_default_timeout",
                     "npm_config_registry", "goproxy", "gosumdb", "gonosumdb")
AUTHORITY_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS")

ENTER = """
mount -t proc proc "$0/proc"
mount -t tmpfs tmpfs "$0/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$0/dev/pts"
mount --bind "$0/dev/pts/ptmx" "$0/dev/ptmx"
exec chroot "$@"
"""


class Machine:
    """Debian `suite` in `root`; with `user`, one who has to ask sudo lives there, else root."""

    def __init__(self, root, suite, user):
        self.root, self.user = root, user
        self.home = pathlib.Path("home", USER) if user else pathlib.Path("root")
        subprocess.run(["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", *(["--include=sudo"] if user else []),
                        suite, root], check=True)
        for name in ("etc/resolv.conf", "etc/hosts"):
            shutil.copy(f"/{name}", root / name)
        bundle = os.environ.get("SSL_CERT_FILE")
        if bundle:
            shutil.copy(bundle, root / AUTHORITIES)
        if user:
            subprocess.run(["chroot", root, "useradd", "--create-home", USER], check=True)
            (root / "etc/sudoers.d/someone").write_text(f"{USER} ALL=(ALL) NOPASSWD: ALL\n")
        clone = root / self.home / CLONE
        clone.mkdir()
        archive = subprocess.run(["git", "-C", ROOT, "archive", "HEAD"], check=True, stdout=subprocess.PIPE).stdout
        subprocess.run(["tar", "-x", "-C", clone], input=archive, check=True)
        if user:
            subprocess.run(["chroot", root, "chown", "-R", USER, f"/{self.home}"], check=True)

    def environment(self):
        env = {k: v for k, v in os.environ.items() if k.lower() in NETWORK_VARIABLES}
        if "SSL_CERT_FILE" in os.environ:
            env |= dict.fromkeys(AUTHORITY_VARIABLES, f"/{AUTHORITIES}")
        return env | {"PATH": PATH, "HOME": f"/{self.home}", "LANG": "C.UTF-8"}

    def start(self, *command):
        """A Child in the clone there; it has the process id of `command`."""
        env = [f"{k}={v}" for k, v in self.environment().items()]
        who = [f"--userspec={USER}"] if self.user else []
        return Child(["unshare", "--mount", "sh", "-ec", ENTER, str(self.root), *who, str(self.root), "env", "-i", *env,
                      "sh", "-c", f'cd ~/{CLONE} && exec "$@"', "sh", *command])

    def close(self):
        """Ends what still runs there, and takes the folder away."""
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(process / "root") == str(self.root):
                    os.kill(int(process.name), signal.SIGKILL)
            except OSError:     # gone meanwhile
                pass
        shutil.rmtree(self.root)
