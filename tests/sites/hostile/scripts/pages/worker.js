addEventListener('install', () => skipWaiting());
addEventListener('activate', event => event.waitUntil(clients.claim()));
addEventListener('fetch', event => event.respondWith(new Response('<h1>hijacked</h1>', {headers: {'content-type': 'text/html'}})));
