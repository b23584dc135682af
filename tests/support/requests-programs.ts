import { compareVersions } from './tools.ts'

/**
 * What people write with `requests`, one small program each. `BASE` is the address of the echo (`echo.ts`). Each is
 * run with the real library and with ours, and must print the same, fail in the same way and send the same.
 */
export const requestsPrograms: Readonly<Record<string, string>> = {
  'a GET shows as its status': `r = requests.get(BASE + "/json"); print(r, r.status_code, r.ok, bool(r), r.reason)`,
  'json() gives values': `print(requests.get(BASE + "/json").json())`,
  'text and content are the body': `r = requests.get(BASE + "/text"); print(repr(r.text), r.content, r.encoding)`,
  'text without a charset is Latin-1': `r = requests.get(BASE + "/latin"); print(repr(r.text), r.encoding)`,
  'headers are found in any case': `r = requests.get(BASE + "/json"); print(r.headers["CONTENT-TYPE"], r.headers.get("x-none"), "X-Request-Id" in r.headers)`,
  'params from a dictionary': `print(requests.get(BASE + "/echo", params={"a": "ü b&c", "n": None, "l": [1, "2"], "t": True}).url.replace(BASE, ""))`,
  'params from pairs': `print(requests.get(BASE + "/echo?z=1", params=[("a", "1"), ("a", "2")]).url.replace(BASE, ""))`,
  'params as text': `print(requests.get(BASE + "/echo", params="q=1").json()["url"])`,
  'a URL is escaped where it must be': `print(requests.get(BASE + "/echo/ä b?c=d e%20f%41#frag").url.replace(BASE, ""))`,
  'a URL without a path gets one': `r = requests.Request("GET", SITE).prepare(); print(r.url.replace(SITE, ""), r.path_url)`,
  'a form from a dictionary': `print(show(requests.post(BASE + "/echo", data={"username": "u", "password": "p ü&+%"})))`,
  'a form from pairs': `print(show(requests.post(BASE + "/echo", data=[("a", "1"), ("a", "2")])))`,
  'text as a body has no type': `print(show(requests.post(BASE + "/echo", data="plain ü")))`,
  'bytes as a body': `print(show(requests.post(BASE + "/echo", data=b"\\x00\\xff")))`,
  'a given type stands': `print(show(requests.post(BASE + "/echo", data="{}", headers={"content-type": "application/json"})))`,
  'json as a body': `print(show(requests.post(BASE + "/echo", json={"a": [1, None, "ü"]})))`,
  'data wins over json': `print(show(requests.post(BASE + "/echo", data={"a": 1}, json={"b": 2})))`,
  'an empty json is sent': `print(show(requests.post(BASE + "/echo", json={})))`,
  'a POST without a body': `r = requests.post(BASE + "/echo"); print(show(r), r.request.headers["Content-Length"])`,
  'json that is none': `
try:
    requests.post(BASE + "/echo", json={"a": float("nan")})
except requests.exceptions.InvalidJSONError as error:
    print(isinstance(error, ValueError), str(error).split(":")[0])`,
  'each method': `print([requests.request(m, BASE + "/echo").json()["method"] for m in ("get", "POST", "put", "Patch", "DELETE", "OPTIONS")])`,
  'the functions of each method': `print([f(BASE + "/echo").json()["method"] for f in (requests.get, requests.post, requests.put, requests.patch, requests.delete, requests.options)])`,
  'HEAD has no body': `r = requests.head(BASE + "/json"); print(r.status_code, r.content, r.headers["content-type"])`,
  'a header is sent': `print(requests.get(BASE + "/echo", headers={"x-api-auth": "u:k"}).json()["headers"]["x-api-auth"])`,
  'Accept is anything': `print(requests.get(BASE + "/echo").json()["headers"]["accept"])`,
  'a header of None is not sent': `print("accept" in requests.get(BASE + "/echo", headers={"Accept": None}).json()["headers"])`,
  'a GET with a body': `print(show(requests.get(BASE + "/echo", data={"a": 1})))`,
  'a DELETE with a body': `print(show(requests.delete(BASE + "/echo", json={"a": 1})))`,
  'a header with a line break': `requests.get(BASE + "/echo", headers={"x": "a\\nb"})`,
  'a header that is a number': `requests.get(BASE + "/echo", headers={"x": 1})`,
  'a header beyond Latin-1': `requests.get(BASE + "/echo", headers={"x": "\\u20ac"})`,
  'basic auth from a pair': `r = requests.get(BASE + "/echo", auth=("user", "pä:ss")); print(r.json()["headers"]["authorization"])`,
  'basic auth from the URL': `r = requests.get(BASE.replace("//", "//u:p@") + "/echo"); print(r.json()["headers"]["authorization"])`,
  'basic auth as an object': `
from requests.auth import HTTPBasicAuth
print(HTTPBasicAuth("a", "b") == HTTPBasicAuth("a", "b"), requests.get(BASE + "/echo", auth=HTTPBasicAuth("a", "b")).request.headers["Authorization"])`,
  "auth of one's own": `
class Key(requests.auth.AuthBase):
    def __call__(self, request):
        request.headers["x-api-auth"] = "k"
        return request
print(requests.get(BASE + "/echo", auth=Key()).json()["headers"]["x-api-auth"])`,
  'requests.get keeps no cookie': `
requests.get(BASE + "/cookies")
print(requests.get(BASE + "/echo").json()["headers"].get("cookie"))`,
  'the answer has its cookies': `r = requests.get(BASE + "/cookies"); print(sorted(r.cookies.items()), r.cookies["access_token"], dict(r.cookies) == r.cookies.get_dict())`,
  'a session sends its cookies': `
s = requests.Session()
s.get(BASE + "/cookies")
print(s.cookies, s.get(BASE + "/echo").json()["headers"]["cookie"], s.cookies.get("none", "no"))`,
  'a cookie has a domain and a path': `
s = requests.Session()
s.get(BASE + "/cookies")
print([(c.name, c.domain, c.path, c.secure, c.expires is None) for c in s.cookies])
print(s.get(BASE + "/sub/echo").json()["headers"]["cookie"])`,
  'a cookie ends when the server says so': `
s = requests.Session()
s.get(BASE + "/cookies"); s.get(BASE + "/uncookie")
print(s.cookies.get_dict())`,
  'cookies of one request': `
s = requests.Session()
print(s.get(BASE + "/echo", cookies={"a": "1"}).json()["headers"]["cookie"], s.cookies.get_dict())`,
  'cookies of an answer given on': `print(requests.get(BASE + "/echo", cookies=requests.get(BASE + "/cookies").cookies).json()["headers"]["cookie"])`,
  'a Cookie header stands': `print(requests.get(BASE + "/echo", headers={"Cookie": "a=b"}, cookies={"c": "d"}).json()["headers"]["cookie"])`,
  'a jar is a dictionary': `
jar = requests.cookies.RequestsCookieJar()
jar.set("a", "1", domain="x.example", path="/p"); jar["b"] = "2"
print(jar.keys(), jar.values(), jar.list_domains(), jar.list_paths(), "a" in jar, len(jar), jar.get_dict(domain="x.example"))
del jar["a"]
print(jar, jar.copy().get_dict())
jar["nothing"]`,
  'two cookies of one name': `
jar = requests.cookies.RequestsCookieJar()
jar.set("a", "1", path="/x"); jar.set("a", "2", path="/y")
print(jar.get("a", path="/y"))
jar["a"]`,
  'a session has headers, params and auth': `
with requests.Session() as s:
    s.headers.update({"x-a": "1"}); s.params = {"p": "1"}; s.auth = ("u", "p")
    r = s.get(BASE + "/echo", params={"q": "2"}, headers={"x-b": "2"}).json()
    print(r["url"], r["headers"]["x-a"], r["headers"]["x-b"], r["headers"]["authorization"])
    print("x-a" in s.get(BASE + "/echo", headers={"x-a": None}).json()["headers"])`,
  'a prepared request': `
s = requests.Session()
p = s.prepare_request(requests.Request("post", BASE + "/echo", data={"a": 1}))
print(p, p.method, p.body, p.headers["content-type"], s.send(p).status_code)`,
  '401 raises': `requests.get(BASE + "/status/401").raise_for_status()`,
  '503 raises': `requests.get(BASE + "/status/503").raise_for_status()`,
  '204 does not raise': `r = requests.get(BASE + "/status/204"); print(r.raise_for_status(), r.ok, repr(r.text))`,
  'an HTTPError has its response': `
try:
    requests.get(BASE + "/status/404").raise_for_status()
except requests.HTTPError as error:
    print(error.response.status_code, error.request.method, isinstance(error, OSError))`,
  'no scheme': `requests.post("auth/v1/token", data={"a": "1"})`,
  'no scheme and a slash': `requests.get("/api/v1/ping")`,
  'no host': `requests.get("http://")`,
  'a bad port': `requests.get("http://host:port/")`,
  'a bad label': `requests.get("http://.example.com")`,
  'another scheme': `requests.get("ftp://host/file")`,
  'a host without a scheme': `requests.get("localhost:1234/x")`,
  'missing scheme is a ValueError too': `
try:
    requests.get("x")
except ValueError as error:
    print(type(error).__mro__[1:3])`,
  'a body that is not JSON': `requests.get(BASE + "/text").json()`,
  'an empty body is not JSON': `requests.get(BASE + "/status/204").json()`,
  'a JSON error is a JSON error': `
import json
try:
    requests.get(BASE + "/text").json()
except json.JSONDecodeError as error:
    print(isinstance(error, requests.exceptions.RequestException), error.pos, error.lineno)`,
  'a slow answer times out': `
try:
    requests.get(BASE + "/slow", timeout=0.05)
except requests.exceptions.ReadTimeout as error:
    print(isinstance(error, requests.Timeout), str(error).split("port=")[0], str(error).split("): ")[1])`,
  'a pair of timeouts': `
try:
    requests.get(BASE + "/slow", timeout=(1, 0.05))
except requests.Timeout as error:
    print(str(error).split("): ")[1])`,
  'nobody listens': `
try:
    requests.get("http://127.0.0.1:9/")
except requests.ConnectionError as error:
    print(type(error))`,
  'codes by name': `c = requests.codes; print(c.ok, c.NOT_FOUND, c["unauthorized"], c.too_many_requests, c.unprocessable_entity, c.get("nonsense"))`,
  'the case-insensitive dictionary': `
from requests.structures import CaseInsensitiveDict
d = CaseInsensitiveDict({"Content-Type": "a"}, X="1")
d["content-type"] = "b"
print(d, list(d), len(d), d == {"CONTENT-TYPE": "b", "x": "1"}, d.copy() == d, list(d.lower_items()))`,
  'lines and chunks': `
r = requests.get(BASE + "/lines")
print(list(r.iter_lines()), list(r.iter_content(4)), list(r.iter_lines(decode_unicode=True)))`,
  'a file by its content': `print(parts(requests.post(BASE + "/echo", files={"f": "text ü"})))`,
  'a file with a name, a type and headers': `print(parts(requests.post(BASE + "/echo", files={"f": ("a b.csv", b"1,2", "text/csv", {"X-Part": "7"})})))`,
  'files from pairs, and fields before them': `print(parts(requests.post(BASE + "/echo", data={"n": 1, "l": ["a", "b"], "none": None}, files=[("f", ("1.txt", "x")), ("f", ("2.txt", "y")), ("g", ("z", None))])))`,
  'an open file has its own name': `
import io
file = io.StringIO("written"); file.name = "/far/away/notes.txt"
print(parts(requests.post(BASE + "/echo", files={"f": file})))`,
  'files win over json': `print(parts(requests.post(BASE + "/echo", json={"a": 1}, files={"f": "x"})))`,
  'files and text as data': `requests.post(BASE + "/echo", data="text", files={"f": "x"})`,
  'a hook sees every answer': `
seen = []
def note(r, **options):
    seen.append((r.status_code, sorted(options)))
requests.get(BASE + "/json", hooks={"response": note}, timeout=5)
with requests.Session() as s:
    s.hooks["response"].append(note)
    s.get(BASE + "/status/404"); s.get(BASE + "/json", hooks={"response": [note, note]})
print([status for status, _ in seen], {"timeout", "verify", "stream", "cert", "proxies"} <= set(seen[0][1]))`,
  'a hook may raise, or answer something else': `
def other(r, **_):
    twin = requests.Response(); twin.status_code = 299
    return twin
print(requests.get(BASE + "/json", hooks={"response": other}))
requests.get(BASE + "/status/401", hooks={"response": lambda r, **_: r.raise_for_status()})`,
  'a hook for an event that does not exist': `requests.get(BASE + "/json", hooks={"request": print})`,
  'elapsed is a time': `print(0 < requests.get(BASE + "/json").elapsed.total_seconds() < 5)`,
  'history is empty': `r = requests.get(BASE + "/json"); print(r.history, r.is_redirect, r.is_permanent_redirect, r.apparent_encoding)`,
  'the ancestors of every error': `
e = requests.exceptions
for name in ("HTTPError", "ConnectionError", "ProxyError", "SSLError", "Timeout", "ConnectTimeout", "ReadTimeout", "URLRequired", "TooManyRedirects", "MissingSchema", "InvalidSchema", "InvalidURL", "InvalidHeader", "JSONDecodeError", "RetryError", "StreamConsumedError"):
    print(name, sorted({c.__name__ for c in getattr(e, name).__mro__} & {"RequestException", "OSError", "ValueError", "TypeError", "ConnectionError", "Timeout", "InvalidJSONError"}))`,
}

/** What 2.32 prints otherwise than the 2.28 that Debian 12 has: words of errors, UTF-8 where it guessed. */
const changedIn232 = [
  'text as a body has no type',
  'a header with a line break',
  'a header that is a number',
  'no scheme',
  'no scheme and a slash',
  'history is empty',
]

/** The programs that a version of the real library and ours must agree on. */
export function programsFor(version: readonly number[]): [title: string, code: string][] {
  const isRecent = compareVersions(version, [2, 32]) >= 0
  return Object.entries(requestsPrograms).filter(
    ([title]) => isRecent || !changedIn232.includes(title),
  )
}

/**
 * Begins every program: where the echo is, and how it is printed. Without simplejson, which `requests` takes where a
 * machine has it, and whose errors are others.
 */
export const requestsPrelude = `import os, sys
sys.modules["simplejson"] = None
import requests
SITE = os.environ["BARBELL_URL"]
BASE = SITE + "/api/echo"
def show(r):
    sent = r.json()
    return [sent["method"], sent["body"], sent["headers"].get("content-type"), sent["headers"].get("content-length")]
def parts(r):
    sent = r.json()
    kind, _, boundary = sent["headers"]["content-type"].partition("; boundary=")
    return [kind, len(boundary), sent["body"].replace(boundary, "B")]
`
