"""The limit: Chromium opens the pages of a plan as the visitor, waits as long, and nothing is taken of them."""
import asyncio
import itertools
import json
import shutil
import subprocess
import sys
import tempfile

import websockets


class Chromium:
    """A browser spoken to over one WebSocket."""

    async def start(self, plan):
        self.profile = tempfile.mkdtemp(prefix="postlink-bench-limit-")
        self.process = subprocess.Popen(
            [plan["chromium"], *plan["switches"], "--remote-debugging-port=0", f"--user-data-dir={self.profile}"],
            stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if line.startswith("DevTools listening on "):
                break
        self.socket = await websockets.connect(line.split()[-1], max_size=None, compression=None)
        self.numbers, self.waiting, self.loads = itertools.count(1), {}, {}
        self.reading = asyncio.create_task(self.read())
        return self

    async def read(self):
        async for text in self.socket:
            message = json.loads(text)
            if "id" in message:
                self.waiting.pop(message["id"]).set_result(message.get("result"))
            elif message["method"] == "Page.loadEventFired" and message["sessionId"] in self.loads:
                self.loads.pop(message["sessionId"]).set_result(None)

    async def call(self, method, session=None, **params):
        number = next(self.numbers)
        self.waiting[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params}
        await self.socket.send(json.dumps(message | ({"sessionId": session} if session else {})))
        return await self.waiting[number]

    async def visit(self, url, plan):
        context = (await self.call("Target.createBrowserContext"))["browserContextId"]
        target = (await self.call("Target.createTarget", url="about:blank", browserContextId=context))["targetId"]
        session = (await self.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        await self.call("Page.enable", session)
        for method, params in emulation(plan["as"]):
            await self.call(method, session, **params)
        loaded = self.loads[session] = asyncio.get_running_loop().create_future()
        await self.call("Page.navigate", session, url=url)
        await asyncio.wait_for(loaded, 30)
        await asyncio.sleep((plan["quiet_ms"] + plan["watch_ms"]) / 1000)
        await self.call("Target.disposeBrowserContext", browserContextId=context)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def emulation(visitor):
    width, height = visitor["viewport"]
    yield "Emulation.setUserAgentOverride", {"userAgent": visitor["user_agent"], "acceptLanguage": ",".join(visitor["languages"])}
    yield "Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": visitor["scale"],
                                                 "mobile": visitor["mobile"]}
    yield "Emulation.setTouchEmulationEnabled", {"enabled": visitor["touch"]}
    yield "Emulation.setTimezoneOverride", {"timezoneId": visitor["time_zone"]}
    yield "Emulation.setLocaleOverride", {"locale": visitor["languages"][0]}


async def main(plan):
    browser = await Chromium().start(plan)
    await browser.visit(plan["warm"], plan)
    print("ready", flush=True)
    sys.stdin.readline()
    urls = iter(plan["urls"])

    async def work():
        for url in urls:
            began = asyncio.get_running_loop().time()
            await browser.visit(url, plan)
            print(json.dumps({"url": url, "ms": round((asyncio.get_running_loop().time() - began) * 1000)}), flush=True)

    await asyncio.gather(*(work() for _ in range(plan["at_once"])))
    browser.stop()


asyncio.run(main(json.load(open(sys.argv[1]))))
