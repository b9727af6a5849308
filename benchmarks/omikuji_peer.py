"""Omikuji on texts and labels, as Annif runs it; run by other benchmarks in the peers' Python.

    python benchmarks/omikuji_peer.py FOLDER

FOLDER has train.jsonl and test.jsonl, lines of {"text", "labels"}. Annif's backend makes TF-IDF vectors
with scikit-learn (words, min_df 1) and trains Omikuji with its own defaults (cluster_balanced, cluster_k 2,
max_depth 20: Parabel); so does this, without Annif. Beside it Annif's TF-IDF backend: the likeness of a
text to all texts of a label together. Writes results.jsonl, a line for each, and NAME.jsonl: for each text the ten
best labels with scores.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import omikuji
import scipy.sparse
from sklearn.feature_extraction.text import TfidfVectorizer

MOST = 10
BATCH = 256


def read(path: Path) -> tuple[list[str], list[list[str]]]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [row["text"] for row in rows], [row["labels"] for row in rows]


def tell(
    folder: Path, name: str, found: list[list[tuple[str, float]]], learned: float, asked: float
) -> None:
    lines = "".join(json.dumps(each) + "\n" for each in found)
    (folder / f"{name}.jsonl").write_text(lines, "utf-8")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {
        "name": name, "learned_s": round(learned, 1), "peak_mb": round(peak),
        "records_s": round(len(found) / asked, 1),
    }  # fmt: skip
    # Not to standard output: Omikuji logs there.
    with (folder / "results.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps(told) + "\n")


def main() -> None:
    folder = Path(sys.argv[1])
    texts, labels = read(folder / "train.jsonl")
    asked, _ = read(folder / "test.jsonl")
    begin = time.process_time()
    vectors = TfidfVectorizer(min_df=1)
    learned = vectors.fit_transform(texts)
    names = sorted({label for each in labels for label in each})
    place = {name: at for at, name in enumerate(names)}
    rows = [place[label] for each in labels for label in each]
    of = [at for at, each in enumerate(labels) for _ in each]
    fitted = time.process_time() - begin

    begin = time.process_time()
    ones = np.ones(len(rows), np.float32)
    together = scipy.sparse.csr_matrix((ones, (rows, of)), (len(names), len(texts))) @ learned
    length = np.sqrt(np.asarray(together.multiply(together).sum(axis=1)).ravel())
    by_word = scipy.sparse.diags(1 / np.maximum(length, 1e-9)).dot(together).T.tocsr()
    took = fitted + time.process_time() - begin
    begin = time.process_time()
    found: list[list[tuple[str, float]]] = []
    for at in range(0, len(asked), BATCH):
        likeness = (vectors.transform(asked[at : at + BATCH]) @ by_word).tocsr()
        for row in range(likeness.shape[0]):
            start, end = likeness.indptr[row : row + 2]
            best = start + np.argsort(-likeness.data[start:end], kind="stable")[:MOST]
            found.append([(names[likeness.indices[b]], float(likeness.data[b])) for b in best])
    tell(folder, "tfidf", found, took, time.process_time() - begin)
    del together, by_word

    begin = time.process_time()
    with (folder / "omikuji.txt").open("w") as out:
        out.write(f"{learned.shape[0]} {learned.shape[1]} {len(names)}\n")
        for at, each in enumerate(labels):
            start, end = learned.indptr[at : at + 2]
            order = start + np.argsort(learned.indices[start:end])
            told = ",".join(str(place[label]) for label in sorted(set(each)))
            out.write(told + "".join(f" {learned.indices[i]}:{learned.data[i]:.6f}" for i in order))
            out.write("\n")
    settings = omikuji.Model.default_hyper_param()
    settings.cluster_balanced, settings.cluster_k = True, 2
    settings.max_depth, settings.collapse_every_n_layers = 20, 0
    model = omikuji.Model.train_on_data(str(folder / "omikuji.txt"), settings, 2)
    took = fitted + time.process_time() - begin
    begin = time.process_time()
    found = []
    for at in range(0, len(asked), BATCH):
        batch = vectors.transform(asked[at : at + BATCH])
        for row in range(batch.shape[0]):
            start, end = batch.indptr[row : row + 2]
            pairs = list(
                zip(batch.indices[start:end].tolist(), batch.data[start:end].tolist(), strict=True)
            )
            best = model.predict(pairs, top_k=MOST) if pairs else []
            found.append([(names[i], float(score)) for i, score in best])
    tell(folder, "omikuji", found, took, time.process_time() - begin)


if __name__ == "__main__":
    main()
