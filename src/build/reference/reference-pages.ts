import { httpRequestText } from '../markdown/http-request.ts'
import { exampleCode } from './example-code.ts'
import { exampleRequest } from './example-request.ts'
import { type Operation, type OperationGroup, reference } from './operations.ts'

/** A page that nobody writes by hand. */
export interface ReferencePage {
  /** Its address below the site. */
  readonly id: string
  /** The folder that puts it into its group of the sidebar; empty for the page above the groups. */
  readonly folder: string
  readonly title: string
  readonly description: string
  /** Its place in the sidebar. */
  readonly order: number
  readonly sidebar: { readonly label?: string; readonly method?: string }
  /** Markdown, with the blocks that a writer has as well. */
  readonly body: string
}

/** Behind every page of the guide in lists that are sorted by order. */
const firstOrder = 100

/** The pages of the reference, made of the OpenAPI document: one for each operation, and the list of them. */
export function referencePages(groups: readonly OperationGroup[] = reference): ReferencePage[] {
  const operations = groups.flatMap(({ tag, operations }) =>
    operations.map((operation) => ({ tag, operation })),
  )
  return [
    indexPage(groups),
    ...operations.map(({ tag, operation }, index) =>
      operationPage(operation, { folder: tag, order: firstOrder + 1 + index }),
    ),
  ]
}

/** The name under which the example of an operation is recorded, and which shows it in any page. */
export function exampleName({ slug }: Operation): string {
  return slug
}

function operationPage(
  operation: Operation,
  { folder, order }: { folder: string; order: number },
): ReferencePage {
  const { name, slug, method, path, summary, description, parameters } = operation
  const takesValues = parameters.length > 0
  return {
    id: `docs/reference/${slug}`,
    folder,
    title: summary,
    description: `${method} ${path}: ${firstSentence(description)}`,
    order,
    sidebar: { method },
    body: [
      block('endpoint', name),
      withLinks(description),
      ...(takesValues ? ['## What it takes', block('parameters', name)] : []),
      '## Example',
      exampleSamples(operation),
      'The request, and what the server answered:',
      exampleExchange(operation),
      '## What it answers',
      block('answers', name),
      '## How it is refused',
      refusalWords(operation),
      block('errors', name),
    ].join('\n\n'),
  }
}

function exampleSamples(operation: Operation): string {
  const { slug } = operation
  const fences = exampleCode(operation).map(({ language, label, code }) => {
    const off = opensAccount(operation) ? ' run="off"' : ''
    return `\`\`\`${language} ${language}-${slug} ${label}${off}\n${code}\n\`\`\``
  })
  return [`:::code-switch{name="${slug}"}`, ...fences, ':::'].join('\n')
}

/** The name of the example is taken by the account that would run it. */
function opensAccount({ name }: Operation): boolean {
  return name === 'register'
}

function exampleExchange(operation: Operation): string {
  const text = httpRequestText(exampleRequest(operation))
  return `:::request{name="${exampleName(operation)}"}\n\`\`\`http\n${text}\n\`\`\`\n:::`
}

function indexPage(groups: readonly OperationGroup[]): ReferencePage {
  return {
    id: 'docs/reference',
    folder: '',
    title: 'Reference',
    description:
      'Every call of the API, with what it takes, what it answers and how it is refused.',
    order: firstOrder,
    sidebar: { label: 'All calls' },
    body: [
      'Every call of the API has a page here: what it takes, a request with the answer that the server gave, what the answer means, and how the call is refused. The pages are made from the [OpenAPI document](/openapi.json), which is made from the code of the server.',
      'How to send a key or a token is told in [Authentication](/docs/auth). Every path answers with and without a slash at its end.',
      ...groups.flatMap(({ tag, description, operations }) => [
        `## ${tag}`,
        description,
        ['| Call | What it does |', '| --- | --- |', ...operations.map(indexRow)].join('\n'),
      ]),
    ].join('\n\n'),
  }
}

function indexRow({ name, summary }: Operation): string {
  return `| :endpoint[${name}] | ${summary} |`
}

function refusalWords({ oauthErrors }: Operation): string {
  return oauthErrors
    ? 'Errors have the form of OAuth 2.0, in which one word stands for several codes. Each word leads to what it means here, and how to mend it.'
    : 'Each code leads to what it means, why you see it, and how to mend it.'
}

/** Of a text of the document: a call in it, between backticks, becomes the word that leads to its page. */
function withLinks(text: string): string {
  const known = new Map(
    reference.flatMap(({ operations }) =>
      operations.map(({ inPlayground: { id }, name }) => [`\`${id}\``, `:endpoint[${name}]`]),
    ),
  )
  return text.replaceAll(/`[^`]+`/g, (code) => known.get(code) ?? code)
}

function block(kind: string, operation: string): string {
  return `:::${kind}{operation="${operation}"}\n:::`
}

function firstSentence(text: string): string {
  return (text.split(/(?<=\.)\s/)[0] ?? text).replaceAll('`', '')
}
