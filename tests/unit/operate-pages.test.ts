import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { metricNotes } from '#ops/metrics.ts'
import { type SettingNote, settings } from '../../src/config.ts'

const cli = fileURLToPath(new URL('../../src/cli/barbell.ts', import.meta.url))
const noteShape = z.object({ setting: z.custom<SettingNote>((value) => typeof value === 'object') })

function readPage(name: string): string {
  return readFileSync(new URL(`../../content/docs/operate/${name}.mdx`, import.meta.url), 'utf8')
}

/** The rows of the table whose head begins with `first`, each as its cells. */
function tableOf(page: string, first: string): string[][] {
  const lines = readPage(page).split('\n')
  const head = lines.findIndex((line) => line.startsWith(`| ${first} `))
  const rows = lines.slice(head + 2)
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith('|')),
    )
    .map(cellsOf)
}

function cellsOf(row: string): string[] {
  return row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim())
}

test('the table of settings is what the server reads, in its own words', () => {
  const expected = Object.entries(settings.shape).map(([name, schema]) => {
    const { setting } = noteShape.parse(schema.meta())
    const byDefault = setting.default === 'not set' ? 'not set' : `\`${setting.default}\``
    return [`\`${name}\``, byDefault, setting.effect, setting.expected]
  })
  expect(tableOf('configure', 'Variable')).toEqual(expected)
})

test('the table of metrics is what the server counts, in its own words', () => {
  const expected = Object.entries(metricNotes).map(([name, note]) => [`\`${name}\``, note])
  expect(tableOf('monitor', 'Metric')).toEqual(expected)
})

describe('alerts', () => {
  const named = [...readPage('monitor').matchAll(/\b(barbell_[a-z_]+?)(?:_bucket)?[{[ ]/g)]

  test.each(named.map(([, name = '']) => name))('%s is a metric that there is', (name) => {
    expect(Object.keys(metricNotes)).toContain(name)
  })
})

test('every command has its row, and no other', () => {
  const help = execFileSync(process.execPath, [cli, 'help'], { encoding: 'utf8' })
  const offered = [...help.matchAll(/^ {2}([a-z-]+(?: [a-zA-Z_-]+)*?) {2,}/gm)].map(
    ([, name = '']) => name,
  )
  const described = [...readPage('commands').matchAll(/^\| `([^`]+)`/gm)].map(
    ([, name = '']) => name,
  )
  expect(described).toEqual(offered.filter((name) => name !== 'help COMMAND'))
})
