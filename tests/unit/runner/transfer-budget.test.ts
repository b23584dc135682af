import { expect, test } from 'vitest'
import { limits } from '#runner/contract.ts'
import { TransferBudget } from '#runner/transfer-budget.ts'

test('S9: the request after the last one is refused, with the reason', () => {
  const budget = new TransferBudget()
  for (let sent = 0; sent < limits.requests; sent += 1) budget.takeRequest()
  expect(() => budget.takeRequest()).toThrow(
    'A run may send 50 requests, and this would be one more. Nothing was sent.',
  )
  expect(budget.signal.aborted).toBe(false)
})

test('S9: too many bytes abort what is in flight, and nothing more is sent', () => {
  const budget = new TransferBudget()
  budget.takeBytes(limits.transferBytes)
  expect(() => budget.takeBytes(1)).toThrow('A run may move 5 MB, and this one has moved more.')
  expect(budget.signal.aborted).toBe(true)
  expect(() => budget.takeRequest()).toThrow('A run may move 5 MB')
})
