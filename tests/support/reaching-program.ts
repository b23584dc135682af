/** Where a sample tries to get. */
export interface Tried {
  /** Origin of the site whose pages it may not read. */
  readonly site: string
  /** A URL of another server. */
  readonly elsewhere: string
}

/**
 * A Python sample that tries everything to get out of the runner. It prints what it reached or found, which is nothing,
 * and at the end the status of a call that it may make.
 */
export function reachingPython({ site, elsewhere }: Tried): string {
  return `
import js, requests, urllib.request
from pyodide.code import run_js
for url in ("${elsewhere}", "${site}/dashboard/settings", "${site}/login"):
    for call in (requests.get, requests.post):
        try:
            print("REACHED", call(url))
        except requests.ConnectionError:
            pass
    try:
        print("REACHED", urllib.request.urlopen(url))
    except OSError:
        pass
for name in ("fetch", "XMLHttpRequest", "WebSocket", "EventSource", "Worker", "indexedDB", "caches", "document", "localStorage", "postMessage"):
    if hasattr(js, name) or run_js(f"typeof {name}") != "undefined":
        print("FOUND", name)
print(requests.get("https://barbell.example/api/v1/ping").status_code)`
}

/**
 * The same in JavaScript, with every way to write a URL. At the end it prints the status of a path whose `%2f` is no
 * slash, to the browser's rule and to the server, and that of a call that it may make: `404 200`.
 */
export function reachingJavaScript({ site, elsewhere }: Tried): string {
  const urls = [
    elsewhere,
    elsewhere.replace('http://', '//'),
    elsewhere.replace('http://', String.raw`\\`),
    site.replace('http://', 'http://a:b@'),
    `${site}@${new URL(elsewhere).host}/`,
    ...['/dashboard/settings', '/login', '/register', '/docs/auth'].map((path) => site + path),
    ...['/auth/v1/../../login', '/api/%2e%2e/login'].map((path) => site + path),
    'data:text/plain,x',
  ]
  return `
for (const url of ${JSON.stringify(urls)}) for (const mode of ['cors', 'no-cors']) {
  try { const r = await fetch(url, { mode, keepalive: mode === 'cors' }); console.log('REACHED', url, r.status) } catch {}
}
for (const name of ['XMLHttpRequest', 'WebSocket', 'EventSource', 'WebTransport', 'Worker', 'SharedWorker', 'importScripts', 'indexedDB', 'caches', 'BroadcastChannel', 'postMessage', 'localStorage', 'document', 'cookieStore']) {
  if (name in globalThis) console.log('FOUND', name)
}
if (navigator.sendBeacon || navigator.storage) console.log('FOUND navigator')
for (const url of ['${elsewhere}', 'data:text/javascript,1', URL.createObjectURL(new Blob(['1'], { type: 'text/javascript' }))]) {
  try { await import(url); console.log('IMPORTED', url) } catch {}
}
console.log((await fetch('/api/..%2flogin')).status, (await fetch('/api/v1/ping')).status)`
}
