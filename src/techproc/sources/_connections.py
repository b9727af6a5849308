"""Connections whose answer's head must arrive in time, however slowly it drips.

A socket's timeout starts anew with each byte, so a server that sends one byte a second would hold
a client for ever. A timer shuts the socket when the head is not there in the time set.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

__all__ = ["Adapter"]


def _shut(sock: socket.socket, late: threading.Event) -> None:
    late.set()
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


class _Watched(HTTPConnection):
    def getresponse(self) -> Any:
        sock = getattr(self, "sock", None)
        if sock is None or not self.timeout:
            return super().getresponse()
        late = threading.Event()
        timer = threading.Timer(float(self.timeout), _shut, [sock, late])
        timer.daemon = True
        timer.start()
        message = "the head of the answer did not arrive in time"
        try:
            response = super().getresponse()
        except Exception as error:
            if late.is_set():
                raise TimeoutError(message) from error
            raise
        finally:
            timer.cancel()
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
