import { expect, test } from 'vitest'
import { holdsSecret } from '#elements/secret-text.ts'
import type { Reader } from '#runner/reader.ts'

const reader: Reader = {
  kind: 'own',
  username: 'somebody',
  password: 'a long sentence',
  apiKey: 'somebody:AbCdEfGh12345678',
  expiresAt: null,
}

test.each([
  'key = "myUsername:myLongKeyGoesHere"',
  'key = "myUsername:aKeyThatIsWrong0"',
  'url = "https://barbell.example/api/v1/me"',
  'total: 1234567890123456',
  'print("eyJ is how a token begins")',
])('S13: %s holds no secret', (code) => {
  expect(holdsSecret(code, reader)).toBe(false)
})

test.each([
  ["the tab's password", 'data = {"password": "a long sentence"}'],
  ["the tab's key without its username", 'key = name + ":" + "AbCdEfGh12345678"'],
])('S13: %s is a secret', (_, code) => {
  expect(holdsSecret(code, reader)).toBe(true)
  expect(holdsSecret(code, null)).toBe(false)
})

test.each([
  ['a key of anybody', "headers = {'x-api-auth': 'team-254:Zx9Zx9Zx9Zx9Zx9Z'}"],
  ['a signed token', 'cookie = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"'],
])('S13: %s is a secret, whoever the reader is', (_, code) => {
  expect(holdsSecret(code, null)).toBe(true)
})
