new Worker('/worker.js').onmessage = (event) => postMessage(event.data);
