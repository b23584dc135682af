import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type ErrorCode, errorCodes, errorRow } from '#api/error-codes.ts'

const codes = Object.keys(errorCodes) as ErrorCode[]
const page = readFileSync(new URL('../../../content/docs/errors.mdx', import.meta.url), 'utf8')
const anchors = [...page.matchAll(/^### (\w+)$/gm)].map(([, anchor]) => anchor ?? '')

test('each code has its anchor in the page of errors', () => {
  expect(anchors).toEqual(expect.arrayContaining(codes.map((code) => errorRow(code).anchor)))
})

test('each word of OAuth has its anchor too', () => {
  const words = codes.flatMap((code) => errorRow(code).oauth ?? [])
  expect(anchors).toEqual(expect.arrayContaining(words))
})

test('each anchor has its code, and is there once', () => {
  const known = codes.flatMap((code) => [errorRow(code).anchor, errorRow(code).oauth ?? ''])
  expect(known).toEqual(expect.arrayContaining(anchors))
  expect(new Set(anchors).size).toBe(anchors.length)
})

test.each(codes)('E1: %s has a challenge exactly if it is a 401', (code) => {
  const { status, challenge } = errorRow(code)
  expect(challenge !== undefined).toBe(status === 401)
})

test.each(codes)('%s with a 503 says when to try again', (code) => {
  const { status, retryAfterSeconds } = errorRow(code)
  expect(retryAfterSeconds !== undefined).toBe(status === 503)
})

test.each(codes)('the words of %s are sentences, and its title is none', (code) => {
  const { title, detail } = errorRow(code)
  expect(title).toMatch(/^[A-Z].*[^.]$/)
  expect(detail).toMatch(/^[A-Z].*\.$/)
})
