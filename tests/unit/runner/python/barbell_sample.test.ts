import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadPyodide } from 'pyodide'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { makePythonSnapshot } from '#build/python-snapshot.ts'
import { snapshotBytes } from '#runner/python/snapshot-file.ts'

/** The module that runs samples, in the Python that runs them: Pyodide from its snapshot, here under Node. */
const folder = fileURLToPath(new URL('../../../../src/runner/python/', import.meta.url))

interface End {
  error: {
    name: string
    message: string
    line: number | null
    column?: number
    trace?: string
  } | null
  reusable: boolean
}

let runInPython: (code: string, shownCode: string, environment: string) => string
let printed = ''
let snapshot: Uint8Array
const canary = 'canary-of-the-building-machine'

beforeAll(async () => {
  vi.stubEnv('BARBELL_CANARY', canary)
  snapshot = await makePythonSnapshot()
  vi.unstubAllEnvs()
  const pyodide = await loadPyodide({ _loadSnapshot: snapshot })
  const write = (bytes: Uint8Array): number => {
    printed += new TextDecoder().decode(bytes)
    return bytes.length
  }
  pyodide.setStdout({ write })
  pyodide.setStderr({ write })
  pyodide.registerJsModule('barbell_transport', { send: pong })
  pyodide.registerJsModule('barbell_reader', { ask: () => Promise.resolve() })
  const disk = pyodide.FS as unknown as {
    mkdirTree: (path: string) => void
    writeFile: (path: string, text: string) => void
  }
  const packages = '/lib/python3.14/site-packages'
  disk.mkdirTree(`${packages}/requests`)
  for (const name of readdirSync(`${folder}requests`).filter((file) => file.endsWith('.py'))) {
    disk.writeFile(
      `${packages}/requests/${name}`,
      readFileSync(`${folder}requests/${name}`, 'utf8'),
    )
  }
  disk.writeFile(
    `${packages}/barbell_sample.py`,
    readFileSync(`${folder}barbell_sample.py`, 'utf8'),
  )
  const module = pyodide.pyimport('barbell_sample') as { run: typeof runInPython }
  runInPython = module.run
}, 60_000)

beforeEach(() => {
  printed = ''
})

function pong(_method: string, url: string): object {
  const status = url.endsWith('/me') ? 401 : 200
  const body = new TextEncoder().encode('{"ping": "pong!"}')
  const reason = status === 401 ? 'Unauthorized' : 'OK'
  const headers = '[["content-type", "application/json"]]'
  return { failure: '', message: '', status, reason, headers, body, redirectedTo: '' }
}

function run(code: string, shownCode = code, environment = {}): End {
  return JSON.parse(runInPython(code, shownCode, JSON.stringify(environment))) as End
}

test('a program prints, and both streams keep their order', () => {
  expect(
    run('import sys\nprint("a", end="")\nprint("b")\nprint("c", file=sys.stderr)\nprint("d")'),
  ).toEqual({
    error: null,
    reusable: true,
  })
  expect(printed).toBe('ab\nc\nd\n')
})

test('what is printed without a line end is not lost', () => {
  run('print("no end", end="")')
  expect(printed).toBe('no end')
})

test('a program is __main__, with its environment', () => {
  run('import os, sys\nprint(__name__, sys.argv, os.environ["BARBELL_URL"])', undefined, {
    BARBELL_URL: 'x',
  })
  expect(printed).toBe("__main__ ['sample.py'] x\n")
})

test('dataclasses work', () => {
  run('from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1\nprint(A())')
  expect(printed).toBe('A(x=1)\n')
})

test('requests is there, and its errors show the lines of the sample only', () => {
  const { error } = run(
    'import requests\n\ndef me():\n    requests.get("http://docs.example/api/v1/me").raise_for_status()\n\nme()',
  )
  expect(error).toMatchObject({
    name: 'requests.exceptions.HTTPError',
    message: '401 Client Error: Unauthorized for url: http://docs.example/api/v1/me',
    line: 4,
  })
  expect(error?.trace).toContain('File "sample.py", line 6, in <module>')
  expect(error?.trace).not.toContain('site-packages')
})

test('a relative URL fails with the words of the real library', () => {
  expect(run('import requests\nrequests.post("auth/v1/token")').error).toMatchObject({
    message:
      "Invalid URL 'auth/v1/token': No scheme supplied. Perhaps you meant https://auth/v1/token?",
    line: 2,
  })
})

test('a syntax error has its line and column', () => {
  expect(run('x = 1\nprint("a"\n').error).toEqual({
    name: 'SyntaxError',
    message: "'(' was never closed",
    line: 2,
    column: 6,
  })
})

test('a misspelt name comes with a guess', () => {
  expect(run('value = 1\nprint(valeu)').error).toMatchObject({
    message: "name 'valeu' is not defined. Did you mean: 'value'?",
    line: 2,
  })
})

test('the cause of an error is shown where it lies in the sample', () => {
  const { error } = run(
    'try:\n    1/0\nexcept ZeroDivisionError as e:\n    raise KeyError("k") from e',
  )
  expect(error?.trace).toContain('ZeroDivisionError: division by zero')
  expect(error?.trace).toContain('direct cause')
})

test('a class of the program has its bare name', () => {
  expect(run('class Bad(Exception): pass\nraise Bad("no")').error).toMatchObject({
    name: 'Bad',
    message: 'no',
  })
})

test('S13: a traceback quotes what the reader sees, never the secret that ran', () => {
  const { error } = run(
    'def f(k):\n    raise ValueError\nf("u:0123456789abcdef")',
    'def f(k):\n    raise ValueError\nf("myUsername:myLongKeyGoesHere")',
  )
  expect(error?.trace).toContain('f("myUsername:myLongKeyGoesHere")')
  expect(JSON.stringify(error)).not.toContain('0123456789abcdef')
})

test('a module that is not there is named, with what is', () => {
  expect(run('import numpy').error).toMatchObject({
    name: 'ModuleNotFoundError',
    message: expect.stringMatching(/^No module named 'numpy'\. In this page/) as string,
    line: 1,
  })
})

test('input() says why where a browser cannot let it wait', () => {
  expect(run('input("Name? ")').error).toMatchObject({
    name: 'EOFError',
    message: expect.stringContaining('cannot let a program wait') as string,
  })
  expect(printed).toBe('Name? ')
})

test('random numbers are new in each run', () => {
  run('import random; print(random.random())')
  run('import random; random.seed(1)')
  run('import random; print(random.random())')
  const [first, second] = printed.trim().split('\n')
  expect(first).not.toBe(second)
})

test('two readers who start from the same memory draw different numbers', async () => {
  const again = await loadPyodide({ _loadSnapshot: snapshot })
  const draw = 'import random; random.random()'
  const copy = await loadPyodide({ _loadSnapshot: snapshot })
  expect(again.runPython(draw)).toBe(copy.runPython(draw)) // what seeding at each run is for
  run('import random; print(random.random())')
  expect(Number(printed)).not.toBe(again.runPython(draw))
})

test('L4: the memory holds no setting of the machine that built it', () => {
  expect(snapshot).toHaveLength(snapshotBytes)
  const text = Buffer.from(snapshot).toString('latin1')
  expect(text).not.toContain(folder)
  expect(text).not.toContain(canary)
  run('import os; print("BARBELL_CANARY" in os.environ, os.environ["USER"])')
  expect(printed).toBe('False web_user\n')
})

test('print(end=, flush=), datetime and json behave', () => {
  run(`import datetime, json
print("a", "b", sep="-", end="!", flush=True)
day = datetime.datetime(2025, 3, 1, tzinfo=datetime.timezone.utc)
print(json.dumps({"day": day.isoformat()}), datetime.datetime.now().year > 2024)`)
  expect(printed).toBe('a-b!{"day": "2025-03-01T00:00:00+00:00"} True\n')
})

test('a header that only the browser sets is not sent, and a warning says why', () => {
  const { error } = run(
    'import requests\nrequests.get("http://x.example/", headers={"User-Agent": "me"})',
  )
  expect(error).toBeNull()
  expect(printed).toContain('sample.py:2: RequestsWarning: User-Agent is not sent as given')
  expect(printed).toContain('in a page the browser sets it, and no program may')
})

test.each([
  ['sys.exit()', null],
  ['sys.exit(0)', null],
  ['sys.exit(3)', { name: 'SystemExit', message: 'exit status 3', line: 2 }],
  ['sys.exit("no key")', { name: 'SystemExit', message: 'no key', line: 2 }],
])('%s', (call, error) => {
  expect(run(`import sys\n${call}`).error).toEqual(error)
})

test('time.sleep sleeps', () => {
  // Two clocks of the browser are at work, and one is rounded.
  run(
    'import time\nt = time.perf_counter()\ntime.sleep(0.05)\nprint(time.perf_counter() - t > 0.04)',
  )
  expect(printed).toBe('True\n')
})

describe('after a program', () => {
  test.each([
    ['globals', 'leftover = 1', 'print("leftover" in globals())', 'False\n'],
    [
      'builtins',
      'import builtins; builtins.leftover = 1; builtins.len = None',
      'print(len("a"), "leftover" in dir(__builtins__))',
      '1 False\n',
    ],
    [
      'the environment',
      'import os; os.environ["X"] = "1"',
      'import os; print("X" in os.environ)',
      'False\n',
    ],
    ['files', 'open("token.txt", "w").write("t")', 'import os; print(os.listdir())', '[]\n'],
    [
      'the folder',
      'import os; os.mkdir("d"); os.chdir("d")',
      'import os; print(os.path.basename(os.getcwd()))',
      'pyodide\n',
    ],
    [
      'modules',
      'import sys, types; sys.modules["m"] = types.ModuleType("m")\nimport requests; requests.get = None',
      'import requests; print(requests.get)',
      /function get/,
    ],
    ['streams', 'import sys, io; sys.stdout = io.StringIO()', 'print("seen")', 'seen\n'],
    [
      'logging',
      'import logging; logging.basicConfig(level="DEBUG")',
      'import logging; print(logging.root.handlers)',
      '[]\n',
    ],
  ])('%s are as before', (_, first, second, expected) => {
    run(first)
    printed = ''
    run(second)
    expect(printed).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    )
  })

  test('that replaced a function of a module, the interpreter is not used again', () => {
    expect(run('import json\nold = json.dump\njson.dump = None').reusable).toBe(false)
    run('import json\nimport importlib\nimportlib.reload(json)')
    expect(run('pass').reusable).toBe(true)
  })

  test('that ran out of memory, the interpreter is not used again', () => {
    expect(run('raise MemoryError').reusable).toBe(false)
  })
})
