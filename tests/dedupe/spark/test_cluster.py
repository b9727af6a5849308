"""The same groups on a real cluster: a master and two workers on loopback, one of them killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from techproc.dedupe.decisions import Decision, Decisions
from techproc.dedupe.engine import find_in_files
from techproc.dedupe.intake import raw_items
from techproc.dedupe.objects import cluster_objects, pair_objects
from techproc.dedupe.spark import find_on_spark

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("pyspark") is None, reason="the extra `spark` is not installed"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17"),
    pytest.mark.filterwarnings("ignore"),  # pyspark's own
]


@dataclass(frozen=True)
class Cluster:
    master: str
    workers: list[subprocess.Popen[bytes]]
    logs: Path

    def kill(self, worker: int) -> None:
        """End a worker, and what it started, without a word."""
        os.killpg(self.workers[worker].pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    spec = find_spec("pyspark")
    assert spec is not None
    assert spec.origin is not None
    home = Path(spec.origin).parent
    port = free_port()
    environment = {
        "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable,
        "SPARK_NO_DAEMONIZE": "1",
    }  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (tmp_path / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [str(home / "bin" / "spark-class"), *arguments], stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        started.append(process)
        return process

    master = f"spark://127.0.0.1:{port}"
    start("master", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port",
          str(port), "--webui-port", "0")  # fmt: skip
    workers = [
        start(f"worker{n}", "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1",
              "--cores", "1", "--memory", "1g", "--webui-port", "0",
              "--work-dir", str(tmp_path / f"work{n}"), master)
        for n in (1, 2)
    ]  # fmt: skip
    try:
        wait_for(lambda: (tmp_path / "master.log").read_text().count("Registering worker") == 2)
        yield Cluster(master, workers, tmp_path)
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(happened: Any, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


OPTIONS = [("spark.executor.memory", "512m"), ("spark.driver.host", "127.0.0.1")]


def test_both_engines_give_the_same_groups_though_a_worker_is_killed(
    cluster: Cluster, examples: Path, tmp_path: Path
) -> None:
    files = [examples / "vendor.mrc", examples / "catalogue.mrc", examples / "copy-source.mrc"]
    embedded = find_in_files(files)
    try:
        groups = list(cluster_objects(embedded))
    finally:
        embedded.close()
    assert groups
    checkpoints = tmp_path / "checkpoints"

    def kill_in_the_middle() -> None:
        wait_for(lambda: any(checkpoints.rglob("part-*")), 300)  # components are under way
        cluster.kill(0)

    killer = threading.Thread(target=kill_in_the_middle)
    killer.start()
    with find_on_spark(
        files, master=cluster.master, split=20_000, checkpoints=checkpoints, options=OPTIONS
    ) as run:
        found = list(run.objects())
    killer.join()
    assert cluster.workers[0].poll() is not None
    assert found == groups
    assert run.tally == embedded.tally
    assert run.compared == embedded.compared


def test_records_in_parquet_give_the_same_groups(
    cluster: Cluster, examples: Path, tmp_path: Path
) -> None:
    files = [examples / "vendor.mrc", examples / "catalogue.mrc"]
    embedded = find_in_files(files)
    try:
        groups = json.dumps(list(cluster_objects(embedded)))
    finally:
        embedded.close()
    names = []
    for file in files:
        path = tmp_path / f"{file.stem}.parquet"
        rows = [bytes(raw.data) for raw in raw_items([file])]
        parquet.write_table(pa.table({"record": rows}), path, row_group_size=20)
        names.append((str(path), str(file)))
    with find_on_spark([name for name, _ in names], master=cluster.master, options=OPTIONS) as run:
        found = json.dumps(list(run.objects()))
    for name, file in names:
        found = found.replace(name, file)
    assert found == groups


def test_both_engines_give_the_same_pairs_and_heed_decisions(
    cluster: Cluster, examples: Path
) -> None:
    kept = Decisions([Decision("00035904", "vnd00035904", "different")])
    files = [examples / "vendor.mrc", examples / "catalogue.mrc"]
    embedded = find_in_files(files, decided=kept.on)
    try:
        pairs = list(pair_objects(embedded))
    finally:
        embedded.close()
    with find_on_spark(
        files,
        master=cluster.master,
        pairs=True,
        decided=kept.on,
        split=20_000,
        options=OPTIONS,
    ) as run:
        found = list(run.objects())
    assert found == pairs
    assert any(pair["decided"] for pair in found)
    assert [f.rule for f in run.findings].count("dedupe.overruled") == 1
