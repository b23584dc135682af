/**
 * A Python sample that tries everything to get out of the runner. It prints what it reached or found, which is nothing,
 * and at the end the status of a call that it may make.
 * @param tried.site origin of the site whose pages it may not read
 * @param tried.elsewhere a URL of another server
 */
export function reachingProgram({ site, elsewhere }: { site: string; elsewhere: string }): string {
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
