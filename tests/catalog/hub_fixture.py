"""A small Hugging Face Hub: the endpoints that huggingface_hub's client calls to upload a dataset, kept in memory."""

import asyncio
import base64
import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator

from aiohttp import web


class Hub:
    """`repos` maps ORG/NAME to {path: bytes}, `tags` to {tag: files then}; `unknown` are requests it cannot answer."""

    def __init__(self):
        self.repos: dict[str, dict[str, bytes]] = {}
        self.tags: dict[str, dict[str, dict[str, bytes]]] = {}
        self.visibility: dict[str, str | None] = {}
        self.objects: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.unknown: list[str] = []
        self.token = "hf_test"
        self.mangle: str | None = None  # path of a file that gets lost on the way
        self.endpoint = ""

    def app(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=1 << 30, middlewares=[self._authorised])
        repo = "/api/datasets/{org}/{name}"
        app.router.add_post("/api/repos/create", self._create)
        app.router.add_post("/api/validate-yaml", self._validate)
        app.router.add_post(repo + "/preupload/{revision}", self._preupload)
        app.router.add_post("/datasets/{org}/{name}.git/info/lfs/objects/batch", self._batch)
        app.router.add_put("/objects/{oid}", self._put)
        app.router.add_post("/verify", self._verify)
        app.router.add_post(repo + "/commit/{revision}", self._commit)
        app.router.add_get(repo + "/tree/{revision}", self._tree)
        app.router.add_post(repo + "/tag/{revision}", self._tag)
        app.router.add_route("*", "/{rest:.*}", self._unknown)
        return app

    @web.middleware
    async def _authorised(self, request: web.Request, handler) -> web.StreamResponse:
        self.requests.append(f"{request.method} {request.path}")
        signed = request.path.startswith("/objects/")  # S3's URLs carry their own signature
        if not signed and request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"error": "Invalid username or password."}, status=401)
        return await handler(request)

    def _repo(self, request: web.Request) -> str:
        return f"{request.match_info['org']}/{request.match_info['name']}"

    async def _create(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        repo = f"{wanted['organization']}/{wanted['name']}"
        url = f"{self.endpoint}/datasets/{repo}"
        if wanted.get("type") != "dataset" or repo in self.repos:
            return web.json_response({"error": "You already created this dataset repo", "url": url}, status=409)
        self.repos[repo], self.tags[repo] = {".gitattributes": b"*.parquet filter=lfs\n"}, {}
        self.visibility[repo] = wanted.get("visibility")
        return web.json_response({"url": url})

    async def _validate(self, request: web.Request) -> web.Response:
        content = (await request.json())["content"]
        known = content.startswith("---\n") and "\nconfigs:\n" in content
        return web.json_response({"errors": [] if known else [{"message": "no header"}], "warnings": []},
                                 status=200 if known else 400)  # fmt: skip

    async def _preupload(self, request: web.Request) -> web.Response:
        files = [
            {"path": file["path"], "uploadMode": "lfs" if file["path"].endswith((".parquet", ".png")) else "regular",
             "shouldIgnore": False, "oid": None}
            for file in (await request.json())["files"]
        ]  # fmt: skip
        return web.json_response({"files": files})

    async def _batch(self, request: web.Request) -> web.Response:
        wanted = (await request.json())["objects"]
        answer = []
        for item in wanted:
            actions = {"upload": {"href": f"{self.endpoint}/objects/{item['oid']}"},
                       "verify": {"href": f"{self.endpoint}/verify"}}  # fmt: skip
            answer.append(item if item["oid"] in self.objects else item | {"actions": actions})
        return web.json_response({"transfer": "basic", "objects": answer})

    async def _put(self, request: web.Request) -> web.Response:
        data = await request.read()
        oid = request.match_info["oid"]
        self.objects[oid] = data
        return web.Response(status=200 if hashlib.sha256(data).hexdigest() == oid else 400)

    async def _verify(self, request: web.Request) -> web.Response:
        item = await request.json()
        return web.json_response({}, status=200 if len(self.objects[item["oid"]]) == item["size"] else 400)

    async def _commit(self, request: web.Request) -> web.Response:
        files = self.repos[self._repo(request)]
        for line in (await request.read()).splitlines():
            item = json.loads(line)
            value = item["value"]
            if item["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif item["key"] == "lfsFile":
                files[value["path"]] = self.objects[value["oid"]]
            elif item["key"] == "deletedFile":
                del files[value["path"]]
        files.pop(self.mangle or "", None)
        return web.json_response({"commitUrl": f"{self.endpoint}/datasets/{self._repo(request)}/commit/{'0' * 40}",
                                  "commitOid": "0" * 40, "success": True})  # fmt: skip

    async def _tree(self, request: web.Request) -> web.Response:
        entries = []
        for path, data in sorted(self.repos[self._repo(request)].items()):
            oid = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
            entry = {"type": "file", "path": path, "size": len(data), "oid": oid}
            if path.endswith((".parquet", ".png")):
                entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
            entries.append(entry)
        return web.json_response(entries)

    async def _tag(self, request: web.Request) -> web.Response:
        tags, tag = self.tags[self._repo(request)], (await request.json())["tag"]
        if tag in tags:
            return web.json_response({"error": "Tag reference exists already"}, status=409)
        tags[tag] = dict(self.repos[self._repo(request)])
        return web.json_response({})

    async def _unknown(self, request: web.Request) -> web.Response:
        self.unknown.append(f"{request.method} {request.path}")
        return web.json_response({"error": "not found"}, status=404)


@contextlib.contextmanager
def serve() -> Iterator[Hub]:
    """A running Hub on a free local port."""
    hub, loop, started = Hub(), asyncio.new_event_loop(), threading.Event()

    async def start() -> web.AppRunner:
        runner = web.AppRunner(hub.app())
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        hub.endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    def run() -> None:
        asyncio.set_event_loop(loop)
        hub.runner = loop.run_until_complete(start())
        started.set()
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    started.wait(30)
    try:
        yield hub
    finally:
        asyncio.run_coroutine_threadsafe(hub.runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
