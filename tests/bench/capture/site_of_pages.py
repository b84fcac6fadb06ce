"""Serves the written pages on a free port of two loopback addresses: 127.0.0.1 for the pages, 127.0.0.2 as their CDN."""
import asyncio
import gzip
import threading
from pathlib import Path

KINDS = {"html": "text/html; charset=utf-8", "css": "text/css", "js": "text/javascript", "json": "application/json",
         "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif", "woff2": "font/woff2"}
PIXEL = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"


class Site:
    """Answers from memory, compressed where a real server would, in a thread of its own."""

    def __init__(self, folder):
        self.answers = {}
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        pages, cdn = (asyncio.run_coroutine_threadsafe(self.listen(host, port), self.loop).result()
                      for host, port in (("127.0.0.1", 0), ("127.0.0.2", 0)))
        names = sorted(path.name for path in Path(folder).iterdir() if path.is_dir())
        for path in Path(folder).glob("*/*"):
            data = path.read_bytes()
            if path.suffix in (".html", ".json"):
                data = data.replace(b"{cdn}", f"{cdn}/{path.parent.name}".encode())
            self.answers[f"/{path.parent.name}/{path.name}"] = answer(path.suffix[1:], data)
        for name in names:
            self.answers[f"/{name}/"] = self.answers[f"/{name}/index.html"]
            self.answers[f"/{name}/t.gif"] = answer("gif", PIXEL)
        self.answers["/warm"] = answer("html", b"<!doctype html><title>warm</title><h1>warm</h1>")
        self.warm, self.urls = f"{pages}/warm", [f"{pages}/{name}/" for name in names]

    async def listen(self, host, port):
        server = await asyncio.start_server(self.serve, host, port)
        return "http://%s:%d" % server.sockets[0].getsockname()[:2]

    async def serve(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode("latin-1").split("?")[0]
                writer.write(self.answers.get(path, NOT_THERE))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def answer(kind, data, status="200 OK"):
    squeezed = "" if kind in ("jpeg", "png", "webp", "gif", "woff2") else "content-encoding: gzip\r\n"
    if squeezed:
        data = gzip.compress(data, 6, mtime=0)
    head = (f"HTTP/1.1 {status}\r\ncontent-type: {KINDS[kind]}\r\n{squeezed}content-length: {len(data)}\r\n"
            "cache-control: max-age=600\r\naccess-control-allow-origin: *\r\n\r\n")
    return head.encode() + data


NOT_THERE = answer("html", b"not there", "404 Not Found")
