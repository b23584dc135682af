import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { withEnvironment } from '#elements/environment-code.ts'
import { findPythonWithRequests } from '../../support/tools.ts'

const environment = {
  PATH: process.env['PATH'] ?? '',
  BARBELL_API_KEY: 'alice:0123456789abcdef',
  BARBELL_USERNAME: 'alice',
  BARBELL_PASSWORD: 'it\'s "secret"',
}

const run = {
  python: (code: string) =>
    execFileSync(findPythonWithRequests() ?? 'python3', ['-c', code], { env: environment }),
  javascript: (code: string) => execFileSync(process.execPath, ['-e', code], { env: environment }),
}

describe('in Python', () => {
  test.each([
    ['print("myUsername:myLongKeyGoesHere")', environment.BARBELL_API_KEY],
    ["print('myUsername', 'myPassword')", `alice ${environment.BARBELL_PASSWORD}`],
    ['print("as myUsername:".upper(), {"myUsername": 1})', "AS ALICE: {'alice': 1}"],
    ['a = 1\nprint(f"{a} myUsername {a}" * 2)', '1 alice 11 alice 1'],
    ['print("""two\nmyUsername lines""")', 'two\nalice lines'],
    ["# it's myUsername\nprint('myUsername')", 'alice'],
    ['import os, sys\nprint("myUsername", os.sep)', 'alice /'],
    ['from __future__ import annotations\nprint("myUsername")', 'alice'],
    ['"""myDoc"""\nimport sys\nprint("myUsername", __doc__)', 'alice myDoc'],
  ])('%j prints what the environment says', (code, printed) => {
    const copied = withEnvironment(code, 'python')
    expect(run.python(copied).toString().trimEnd()).toBe(printed)
  })

  test('os is imported once, before the other imports', () => {
    expect(withEnvironment('import requests\n\nkey = "myUsername"', 'python')).toBe(
      'import os\nimport requests\n\nkey = os.environ["BARBELL_USERNAME"]',
    )
    expect(withEnvironment('import os\nkey = "myUsername"', 'python')).toBe(
      'import os\nkey = os.environ["BARBELL_USERNAME"]',
    )
  })
})

describe('in JavaScript', () => {
  test.each([
    ["console.log('myUsername:myLongKeyGoesHere')", environment.BARBELL_API_KEY],
    ['console.log("as myUsername:".toUpperCase())', 'AS ALICE:'],
    ['const a = 1\nconsole.log(`${a} myUsername ${a}`)', '1 alice 1'],
    ["console.log(`${'x'} ${['myUsername'].length}`)", 'x 1'],
    ["// it's myUsername\n/* 'myPassword */\nconsole.log('myUsername')", 'alice'],
    [
      'console.log({ username: "myUsername", password: "myPassword" }.password)',
      environment.BARBELL_PASSWORD,
    ],
  ])('%j prints what the environment says', (code, printed) => {
    const copied = withEnvironment(code, 'javascript')
    expect(run.javascript(copied).toString().trimEnd()).toBe(printed)
  })
})

test.each([
  ['python', 'print("nothing of anybody")  # myUsername'],
  ['python', 'key = b"myUsername"'],
  ['javascript', "const key = 'yourUsername' // myPassword"],
] as const)('%s: %s stays as it is', (language, code) => {
  expect(withEnvironment(code, language)).toBe(code)
})
