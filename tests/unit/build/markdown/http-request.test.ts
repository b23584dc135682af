import { expect, test } from 'vitest'
import {
  HttpRequestError,
  httpRequestText,
  parseHttpRequest,
} from '#build/markdown/http-request.ts'

const text = 'POST /auth/v1/register?a=b\ncontent-type: application/json\n\n{\n  "username": "x"\n}'

test('a request is method, target, headers and body', () => {
  expect(parseHttpRequest(text)).toEqual({
    method: 'POST',
    target: '/auth/v1/register?a=b',
    headers: [['content-type', 'application/json']],
    body: '{\n  "username": "x"\n}',
  })
  expect(parseHttpRequest('GET /')).toEqual({ method: 'GET', target: '/', headers: [], body: null })
})

test('it is written as it is read', () => {
  expect(httpRequestText(parseHttpRequest(text))).toBe(text)
})

test.each([
  ['', '"" begins no request.', 0],
  ['get /', '"get /" begins no request.', 0],
  ['GET https://other.example/', '"GET https://other.example/" begins no request.', 0],
  ['GET / HTTP/1.1', '"GET / HTTP/1.1" begins no request.', 0],
  ['GET /\nx-api-auth', '"x-api-auth" is no header.', 1],
  ['GET /\na: b\n: c', '": c" is no header.', 2],
])('%j: %s', (wrong, message, line) => {
  expect(() => parseHttpRequest(wrong)).toThrow(
    expect.objectContaining({ constructor: HttpRequestError, message, line }) as Error,
  )
})
