import { type Node, type YAMLParseError, isMap, isScalar } from 'yaml'
import type { z } from 'astro/zod'
import { type FrontMatter, frontMatterOf } from '../front-matter.ts'
import { type JsonSchema, frontMatter, frontMatterJsonSchema } from '../front-matter-schema.ts'
import { MarkdownMistake, type Place } from '../markdown-mistake.ts'
import { didYouMean } from '../nearest-word.ts'

type Path = readonly PropertyKey[]

interface Wrong extends Place {
  readonly problem: string
  readonly mend: string
}

const example =
  'Begin the file with ---, title: ..., description: ..., ---, each in a line of its own.'

/**
 * Proves that the frontmatter of a page is YAML, has what each page must have, and nothing that nobody reads.
 * @param source the whole file. @param path names it in the mistakes
 */
export function checkFrontMatter(source: string, path: string): MarkdownMistake[] {
  return wrongIn(source).map((wrong) => new MarkdownMistake({ path, ...wrong }))
}

function wrongIn(source: string): Wrong[] {
  const found = frontMatterOf(source)
  if (!found) {
    const isOpen = source.startsWith('---')
    const problem = isOpen ? 'This frontmatter is never closed.' : 'This page has no frontmatter.'
    const mend = isOpen ? 'Write --- in a line of its own below it.' : example
    return [{ line: 1, column: 1, problem, mend }]
  }
  const [error] = found.yaml.errors
  if (error) return [{ ...placeAt(error.pos[0], found), ...yamlProblem(error) }]
  const value: unknown = found.yaml.toJS() ?? {}
  return [...strangers(value, frontMatterJsonSchema(), [], found), ...misfits(value, found)]
}

function yamlProblem({
  code,
  message,
}: Pick<YAMLParseError, 'code' | 'message'>): Pick<Wrong, 'problem' | 'mend'> {
  if (code === 'BLOCK_AS_IMPLICIT_KEY') {
    const problem = 'This text has ": " in it, and YAML takes what is before it for a field.'
    return { problem, mend: 'Put the whole text between quotes.' }
  }
  const problem = `This is no YAML: ${message.replace(/\.?$/, '.')}`
  return { problem, mend: 'Write each field like title: Cameras, in a line of its own.' }
}

/** Fields that there are not: the build passes over them in silence. */
function strangers(value: unknown, schema: JsonSchema, path: Path, found: FrontMatter): Wrong[] {
  if (Array.isArray(value)) {
    const { items } = schema
    return items ? value.flatMap((each, at) => strangers(each, items, [...path, at], found)) : []
  }
  if (typeof value !== 'object' || value === null) return []
  const { properties } = schema
  if (!properties) return []
  return Object.entries(value).flatMap(([name, member]) => {
    const known = properties[name]
    const here = [...path, name]
    if (known) return strangers(member, known, here, found)
    if (schema.additionalProperties !== false) return []
    const problem = `There is no field "${here.join('.')}".`
    return [{ ...keyPlace(here, found), problem, mend: didYouMean(name, Object.keys(properties)) }]
  })
}

/** Fields that are missing, or whose value is of another kind. */
function misfits(value: unknown, found: FrontMatter): Wrong[] {
  const { error } = frontMatter.safeParse(value, { reportInput: true })
  return (error?.issues ?? []).map((issue) => {
    const { path, wanted, input } = inmost(issue)
    const name = path.join('.')
    if (input === undefined) {
      const place = path.length > 1 ? keyPlace(path.slice(0, -1), found) : { line: 1, column: 1 }
      const field = String(path.at(-1))
      return {
        ...place,
        problem: `The field "${name}" is missing.`,
        mend: `Write "${field}: " and ${wanted}.`,
      }
    }
    const problem = `The field "${name}" cannot be ${JSON.stringify(input)}.`
    return { ...valuePlace(path, found), problem, mend: `Write ${wanted}.` }
  })
}

interface Misfit {
  readonly path: Path
  readonly wanted: string
  readonly input: unknown
}

const kindNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  date: 'a date such as 2026-03-01',
  array: 'a list',
  object: 'fields of its own below it',
}

/** Where several kinds are allowed and one of them has fields, the field that is wrong says more than the kinds do. */
function inmost(issue: z.core.$ZodIssue): Misfit {
  const { path, input } = issue
  if (issue.code !== 'invalid_union') return { path, input, wanted: wantedBy(issue) }
  const [deeper] = issue.errors.flat().filter((each) => each.path.length > 0)
  if (deeper) {
    const inner = inmost(deeper)
    return { ...inner, path: [...path, ...inner.path] }
  }
  const wanted = issue.errors.flat().map((each) => inmost(each).wanted)
  return { path, input, wanted: [...new Set(wanted)].join(', or ') }
}

function wantedBy(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return kindNames[issue.expected] ?? issue.expected
  if (issue.code === 'invalid_value') {
    return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`
  }
  if (issue.code === 'too_small' && issue.origin === 'string') return 'a text that is not empty'
  return `what fits: ${issue.message}`
}

function valuePlace(path: Path, found: FrontMatter): Place {
  const node = found.yaml.getIn(path, true)
  return hasRange(node) ? placeAt(node.range[0], found) : keyPlace(path, found)
}

function keyPlace(path: Path, found: FrontMatter): Place {
  const map = path.length === 1 ? found.yaml.contents : found.yaml.getIn(path.slice(0, -1), true)
  const pair = isMap(map)
    ? map.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
    : undefined
  return hasRange(pair?.key) ? placeAt(pair.key.range[0], found) : { line: 1, column: 1 }
}

function hasRange(
  node: unknown,
): node is Node & { readonly range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
}

function placeAt(offset: number, { counter }: FrontMatter): Place {
  const { line, col } = counter.linePos(offset)
  return { line: line + 1, column: col }
}
