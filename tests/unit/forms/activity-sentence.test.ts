import { expect, test } from 'vitest'
import { activitySentence } from '#forms/activity-sentence.ts'

test('what was done and what was refused are two sentences', () => {
  expect(activitySentence({ action: 'signed_in', ok: true })).toBe('Signed in.')
  expect(activitySentence({ action: 'signed_in', ok: false })).toBe('A sign-in was refused.')
})

test('an event without a sentence of its own is told by its name', () => {
  const event = { action: 'recovery_code_used', ok: true }
  expect(activitySentence(event)).toBe('Recovery code used.')
  expect(activitySentence({ ...event, ok: false })).toBe('Recovery code used: refused.')
})

test('the name of a member of every object is no exception', () => {
  expect(activitySentence({ action: 'constructor', ok: true })).toBe('Constructor.')
})
