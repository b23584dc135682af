import { describe, expect, test } from 'vitest'
import { Drafts, exampleValues } from '#playground/drafts.ts'
import { type Operation, readOperations } from '#playground/operations.ts'
import type { Reader } from '#runner/reader.ts'
import { openapiExample } from './openapi-example.ts'

const operations = readOperations(openapiExample).flatMap((group) => group.operations)

function operation(id: string): Operation {
  const found = operations.find((one) => one.id === id)
  if (!found) throw new TypeError(`no operation ${id}`)
  return found
}

const token = operation('POST /auth/v1/token')
const images = operation('GET /api/v1/images')
const reader: Reader = {
  kind: 'sandbox',
  username: 'sandbox-1',
  password: 'p',
  apiKey: null,
  expiresAt: null,
}

describe('drafts', () => {
  test('keep what was typed for one operation while another is looked at', () => {
    const drafts = new Drafts()
    drafts.setValues(images, { 'query:limit': '5' })
    drafts.setLane(token, 'none')
    drafts.setValues(images, { 'query:category': 'coral' })
    expect(drafts.of(images).values).toEqual({ 'query:limit': '5', 'query:category': 'coral' })
    expect(drafts.of(token)).toEqual({ values: {}, lane: 'none' })
  })

  test('start on the lane of the operation', () => {
    expect(new Drafts().of(images).lane).toBe('api_key')
  })
})

describe('examples', () => {
  test('fill what is empty and leave what was typed', () => {
    expect(exampleValues(images, { 'query:limit': '5' }, null)).toEqual({
      'query:category': 'coral',
      'query:status': '',
    })
  })

  test('of the token endpoint are the account of the reader', () => {
    expect(exampleValues(token, {}, reader)).toEqual({
      'body:username': 'sandbox-1',
      'body:password': 'p',
      'body:grant_type': 'password',
    })
    expect(exampleValues(token, {}, null)['body:username']).toBe('myUsername')
  })

  test('never offer the account of the reader to register it again', () => {
    const values = exampleValues(operation('POST /auth/v1/register'), {}, reader)
    expect(values['body:username']).toBe('mia')
  })
})
