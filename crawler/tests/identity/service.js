importScripts('/facts.js');
onmessage = (event) => facts().then((facts) => event.ports[0].postMessage(facts));
