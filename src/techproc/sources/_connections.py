"""A host's session: connections whose answer's head must arrive in time, however slowly it drips.

A socket's timeout starts anew with each byte, so a server that sends one byte a second would hold
a client for ever. A watchdog shuts the socket when the head is not there in the time set.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

__all__ = ["Adapter", "session_of", "user_agent"]


class _Watchdog:
    """Shuts sockets whose time is up: one thread that looks every tenth of a second.

    A timer for each request would cost more than the request. The thread ends when there was
    nothing to watch for a while, and starts again when there is.
    """

    _LOOK = 0.1
    _IDLE = 5.0

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: dict[threading.Event, tuple[float, socket.socket]] = {}
        self._running = False

    def watch(self, sock: socket.socket, seconds: float) -> threading.Event:
        """Shut a socket after so many seconds; the event returned is set when that was done."""
        late = threading.Event()
        with self._lock:
            self._watched[late] = (time.monotonic() + seconds, sock)
            start, self._running = not self._running, True
        if start:
            threading.Thread(target=self._run, name="techproc-watchdog", daemon=True).start()
        return late

    def release(self, late: threading.Event) -> None:
        """Watch no longer."""
        with self._lock:
            self._watched.pop(late, None)

    def _run(self) -> None:
        used = time.monotonic()
        while True:
            time.sleep(self._LOOK)
            now = time.monotonic()
            with self._lock:
                if self._watched:
                    used = now
                elif now - used > self._IDLE:
                    self._running = False
                    return
                due = [item for item in self._watched.items() if item[1][0] <= now]
                for late, (_, sock) in due:
                    del self._watched[late]
                    late.set()
                    with contextlib.suppress(OSError):
                        sock.shutdown(socket.SHUT_RDWR)


_WATCHDOG = _Watchdog()


class _Watched(HTTPConnection):
    def getresponse(self) -> Any:
        sock = getattr(self, "sock", None)
        if sock is None or not self.timeout:
            return super().getresponse()
        late = _WATCHDOG.watch(sock, float(self.timeout))
        message = "the head of the answer did not arrive in time"
        try:
            response = super().getresponse()
        except Exception as error:
            if late.is_set():
                raise TimeoutError(message) from error
            raise
        finally:
            _WATCHDOG.release(late)
        if late.is_set():  # a head cut short looks like a whole one with fewer lines
            response.close()
            raise TimeoutError(message)
        return response


class _WatchedTLS(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


class Adapter(HTTPAdapter):
    """An adapter with watched connections, never more than `connections` of them to a host."""

    def __init__(self, connections: int) -> None:
        super().__init__(pool_connections=1, pool_maxsize=connections, pool_block=True)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **options: Any
    ) -> None:
        """Make the pools of watched connections."""
        self.poolmanager = PoolManager(
            num_pools=connections, maxsize=maxsize, block=block, **options
        )
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _PoolTLS}


def session_of(url: str, connections: int, contact: str) -> requests.Session:
    """Make the session of one host; what the environment says is read once, not each time."""
    session = requests.Session()
    session.trust_env = False  # neither .netrc nor a look at the environment for each request
    session.proxies.update(requests.utils.get_environ_proxies(url))
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    if bundle:
        session.verify = bundle
    session.headers["User-Agent"] = user_agent(contact)
    adapter: Any = Adapter(connections)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def user_agent(contact: str) -> str:
    """Return how we present ourselves: program, version and the contact the user set.

    >>> user_agent("https://library.example.org/").partition("(")[2]
    'https://library.example.org/)'
    """
    try:
        number = version("techproc")
    except PackageNotFoundError:
        number = "0"
    printable = "".join(c for c in contact if c.isprintable() and c.isascii() and c not in "()")
    return f"techproc/{number}" + (f" ({printable})" if printable else "")
