// What the scripts of such pages do: build, fetch, turn, count, tick, load late.
const at = path => CDN + '/' + path;

async function start() {
  const app = document.getElementById('app');
  if (app) {
    const { html } = await (await fetch(app.dataset.from)).json();
    app.innerHTML = html;
  }
  turn();
  count();
  late();
  await comments();
}

function turn() {
  const reel = document.querySelector('.reel');
  let slide = 0;
  setInterval(() => {
    slide = (slide + 1) % reel.children.length;
    reel.style.transform = `translateX(${-100 * slide}%)`;
  }, 3000);
}

function count() {
  const left = document.querySelector('.left');
  let tenths = +left.dataset.ends * 10;
  const two = n => String(n).padStart(2, '0');
  setInterval(() => {
    tenths -= 10;
    left.textContent = `${two(tenths / 36000 | 0)}:${two((tenths / 600 | 0) % 60)}:${two((tenths / 10 | 0) % 60)}`;
  }, 1000);
}

function late() {
  const seen = new IntersectionObserver(entries => entries.filter(e => e.isIntersecting).forEach(e => {
    e.target.src = e.target.dataset.src;
    seen.unobserve(e.target);
  }), { rootMargin: '120px' });
  document.querySelectorAll('img[data-src]').forEach(image => seen.observe(image));
}

async function comments() {
  const place = document.querySelector('.comments');
  const got = await (await fetch(place.dataset.from)).json();
  for (const { by, stars, says, face } of got.comments) {
    const row = document.createElement('div');
    row.className = 'comment';
    row.innerHTML = `<img src="${at(face)}"><div><b>${by}</b> ${'★'.repeat(stars)}<p>${says}</p></div>`;
    place.append(row);
  }
  const ticker = document.querySelector('.ticker');
  let next = 0;
  setInterval(() => { ticker.textContent = `${got.comments[next = (next + 1) % 24].by} · ${got.sold + next}`; }, 2000);
}

start();
