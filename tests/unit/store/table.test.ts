import { expect, test } from 'vitest'
import { Table } from '#store/table.ts'

interface Robot {
  id: string
  team: string | null
}

function robots(): Table<Robot, 'team'> {
  const table = new Table<Robot, 'team'>({ team: (robot) => robot.team })
  table.put({ id: '1', team: 'red' })
  table.put({ id: '2', team: 'red' })
  table.put({ id: '3', team: null })
  return table
}

function idsOf(rows: Robot[]): string[] {
  return rows.map(({ id }) => id)
}

test('an index follows rows that are put again and removed', () => {
  const table = robots()
  table.put({ id: '1', team: 'blue' })
  table.put({ id: '3', team: 'blue' })
  table.remove('2')
  table.remove('no such row')

  expect(idsOf(table.where('team', 'red'))).toEqual([])
  expect(idsOf(table.where('team', 'blue'))).toEqual(['1', '3'])
  expect(table.one('team', 'blue')?.id).toBe('1')
  expect(table.one('team', 'green')).toBeNull()
})

test('a fork changes without its origin, and knows that it did', () => {
  const table = robots()
  const fork = table.fork()
  expect(fork.changed).toBe(false)
  fork.remove('1')
  fork.put({ id: '4', team: 'red' })

  expect(fork.changed).toBe(true)
  expect(idsOf(fork.where('team', 'red'))).toEqual(['2', '4'])
  expect(idsOf(table.where('team', 'red'))).toEqual(['1', '2'])
  expect(table.get('4')).toBeNull()
  expect(table.size).toBe(3)
})

test('I4: names of object members are ordinary keys', () => {
  const table = robots()
  for (const word of ['__proto__', 'constructor']) {
    expect(table.get(word)).toBeNull()
    expect(table.where('team', word)).toEqual([])
    table.put({ id: word, team: word })
    expect(table.one('team', word)?.id).toBe(word)
  }
})
