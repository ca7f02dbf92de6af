"""A server on this machine that has four small files, and can answer badly on purpose."""

import gzip
import socket
import struct
from http.server import BaseHTTPRequestHandler

import numpy as np

IMAGES = "train-images-idx3-ubyte.gz"


def idx(values):
    head = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    return gzip.compress(head + values.tobytes(), mtime=0)


RNG = np.random.default_rng(0)
FILES = {
    f"{part}-{what}.gz": idx(values)
    for part, count in (("train", 12), ("t10k", 4))
    for what, values in (
        ("images-idx3-ubyte", RNG.integers(0, 256, (count, 20, 20), dtype=np.uint8)),
        ("labels-idx1-ubyte", (np.arange(count) % 10).astype(np.uint8)),
    )
}
HALF = len(FILES[IMAGES]) // 2


class Answer(BaseHTTPRequestHandler):
    """Serves FILES under /mnist/, after the word in `server.manner` for the images to train on."""

    def do_GET(self):
        file = self.path.removeprefix("/mnist/")
        manner = self.server.manner if file == IMAGES else "well"
        if manner == "cut once":
            manner = "well" if file in self.server.asked else "cut"
        self.server.asked.append(file)
        content = FILES[file]
        if manner == "missing":
            return self.send_error(404)
        if manner == "elsewhere":
            content = content[::-1]
        if manner == "page":
            content = b"\n<!DOCTYPE html><title>Log in</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if manner == "page" else "application/gzip")
        if "no length" not in manner:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        stop = HALF if manner in ("cut", "cut, no length", "stall", "reset") else len(content)
        self.wfile.write(content[:stop])
        if manner == "stall":
            self.server.released.wait(120)
        if manner == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def log_message(self, *_):
        pass


def only(prefix, answer):
    """Answers 404 for every address that does not start so."""

    def do_get(self):
        here = f"http://{self.headers['Host']}{self.path}"
        return answer(self) if here.startswith(prefix) else self.send_error(404)

    return do_get
