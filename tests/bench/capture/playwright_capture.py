"""PlaywrightCapture as its own callers use it: one `Capture`, hence one browser, for each page, with its own waits."""
import asyncio
import base64
import json
import sys

from lookyloo_models import CaptureSettings
from playwright.async_api import BrowserType
from playwrightcapture import Capture

plan = json.load(open(sys.argv[1]))
launch = BrowserType.launch


async def launch_ours(self, **options):
    """It asks for Playwright's own Chromium, which is not on the machine: give it the one that all others use."""
    options.pop("channel", None)
    options["args"] = [*(options.get("args") or []), *plan["peer_args"]]
    return await launch(self, executable_path=plan["chromium"], **options)


BrowserType.launch = launch_ours


async def visit(url):
    visitor = plan["as"]
    settings = CaptureSettings(
        url=url, browser="chromium", user_agent=visitor["user_agent"], locale=visitor["languages"][0], with_favicon=False,
        viewport={"width": visitor["viewport"][0], "height": visitor["viewport"][1]}, timezone_id=visitor["time_zone"])
    async with Capture(loglevel="ERROR", capture_settings=settings, only_global_lookup=False) as capture:
        await capture.initialize_context()
        return await capture.capture_page(max_depth_capture_time=90)


async def main():
    print("ready", flush=True)
    sys.stdin.readline()
    urls = iter(plan["urls"])

    async def work():
        for url in urls:
            began = asyncio.get_running_loop().time()
            got = await visit(url)
            entries = ((got.get("har") or {}).get("log") or {}).get("entries") or []
            bodies = [e["response"]["content"] for e in entries if e["response"]["content"].get("text")]
            size = sum(len(base64.b64decode(c["text"])) if c.get("encoding") == "base64" else len(c["text"]) for c in bodies)
            print(json.dumps({"url": url, "ms": round((asyncio.get_running_loop().time() - began) * 1000),
                              "html": len(got.get("html") or ""), "bodies": len(bodies), "body_bytes": size,
                              "picture_bytes": len(got.get("png") or b""), "error": got.get("error")}), flush=True)

    await asyncio.gather(*(work() for _ in range(plan["at_once"])))


asyncio.run(main())
