// What pages do beside what a form and a link do. Everything works without it.

// A mark of a video seeks; the player is the one before its list.
document.addEventListener("click", (event) => {
  const mark = event.target.closest("[data-seek]");
  if (!mark) return;
  const video = mark.closest("section").querySelector("video");
  video.currentTime = Number(mark.dataset.seek);
  video.play().catch(() => {});
});

// A case that has many boxes: the tall picture scrolls to the box of the violation that is gone to.
const scrolled = () => {
  const number = /^#violation-(\d+)$/.exec(location.hash)?.[1];
  const box = number && document.querySelector(`.tall a[href="#violation-${number}"] rect`);
  const tall = box?.closest(".tall");
  if (!tall) return;
  const [from, to] = [tall.getBoundingClientRect(), box.getBoundingClientRect()];
  tall.scrollTop += to.top - from.top - tall.clientHeight / 3;
};
addEventListener("hashchange", scrolled);
addEventListener("load", scrolled);

// The round of a sweep that is under way: what its page shows goes on as the server tells it. The page is loaded anew only for a
// round that it does not show yet.
const progress = (section) => {
  const source = new EventSource(section.dataset.progress);
  const all = (name, key) => section.querySelector(`[data-${name}="${key}"]`);
  const show = (event) => {
    const told = JSON.parse(event.data);
    if (!told) return;
    if (told.round !== section.dataset.round) {
      source.close();
      location.reload();
      return;
    }
    for (const share of told.shares) {
      // Its colour, and its pattern.
      for (const part of section.querySelectorAll(`[data-share="${share.word}"]`)) {
        part.setAttribute("x", share.x);
        part.setAttribute("width", share.width);
      }
      all("count", share.word).textContent = share.count;
    }
    const state = section.querySelector(".state");
    state.textContent = told.said;
    state.className = `tag state is-${told.state}`;
    section.querySelector("[data-far]").textContent = told.far;
    section.querySelector("[data-told]").textContent = `${told.said}: ${told.far}`;
    const found = told.verdicts.map((one) => {
      const link = document.createElement("a");
      link.className = `verdict ${one.verdict}`;
      link.href = `/cases?${new URLSearchParams({ history: "all", round: told.round, verdict: one.verdict })}`;
      link.textContent = `${one.word} ${one.count}`;
      return link;
    });
    if (found.length) section.querySelector("[data-verdicts]").replaceChildren(...found.flatMap((link) => [link, " "]));
  };
  source.addEventListener("progress", show);
  source.addEventListener("over", (event) => {
    source.close();
    show(event);
  });
};
document.querySelectorAll("[data-progress]").forEach(progress);

// A page that waits for something is loaded anew as soon as it would lead on.
if (document.querySelector("[data-waiting]")) {
  setInterval(async () => {
    const asked = await fetch(location.href, { redirect: "manual" }).catch(() => null);
    if (asked?.type === "opaqueredirect") location.reload();
  }, 2000);
}
// A chart that is wider than the screen begins with its latest days.
for (const room of document.querySelectorAll(".chart > .scroll")) room.scrollLeft = room.scrollWidth;

// A menu that is scrolled on a narrow screen shows where one is.
addEventListener("load", () => document.querySelector(".below [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }));
