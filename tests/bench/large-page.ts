/** Pages of one folder, which is a group of the sidebar. */
const pagesPerFolder = 50

/** Whether a page has our code-switches, or the same fences without them for a site that has no such thing. */
export type Flavour = 'code-switch' | 'plain'

/** Where a page lies, below the folder of all pages and without ending; its URL ends with it. */
export function largePagePath(number: number): string {
  const folder = Math.ceil(number / pagesPerFolder)
  return `docs/large/part-${padded(folder)}/page-${padded(number)}`
}

/** A page of ordinary length: headings, prose, an aside, a table, a link, and two samples in two languages. */
export function largePage(number: number, flavour: Flavour): string {
  const name = `page ${padded(number)}`
  return `---
title: The guide of ${name}
description: What ${name} of a large site has to say.
---

This is ${name}. It says as much as a page of a guide does, so that a build of many has as much to do: to read,
to highlight, to lay out, to index. The one beside it is [here](/${largePagePath(number === 1 ? 2 : number - 1)}).

## What you need

- An account, and its key number ${number}.
- A program that can send a request. Both languages below can.

:::note
A key is a secret. Keep ${name} free of it.
:::

## Count the images

${samples('count', number, flavour)}

| field | means |
| --- | --- |
| \`un_reviewed_image_count\` | images that nobody has looked at |
| \`reviewed_image_count\` | images whose boxes were checked |

## Take a page of them

The answer says by its cursor where the next part begins. Where there is none, that was the last.

${samples('list', number, flavour)}

### What comes back

A list of images with their labels, ${number} at most. Read **errors** where it is not what you expected.
`
}

function samples(name: string, number: number, flavour: Flavour): string {
  const python = `import requests

api_key = "myUsername:myLongKeyGoesHere"
address = "https://barbell.example/api/v1/images"

response = requests.get(address, headers={"x-api-auth": api_key}, params={"limit": ${number}})
response.raise_for_status()
for image in response.json()["items"]:
    print("${name}", image["id"], len(image["annotations"]))`
  const javascript = `const apiKey = "myUsername:myLongKeyGoesHere";
const address = new URL("https://barbell.example/api/v1/images");
address.searchParams.set("limit", "${number}");

const response = await fetch(address, { headers: { "x-api-auth": apiKey } });
if (!response.ok) throw new Error(\`\${response.status}\`);
for (const image of (await response.json()).items) {
  console.log("${name}", image.id, image.annotations.length);
}`
  if (flavour === 'plain') return `${fence('python', python)}\n\n${fence('javascript', javascript)}`
  return `:::code-switch{name="${name}"}

${fence(`python ${name}-python Python`, python)}

${fence(`javascript ${name}-javascript JavaScript`, javascript)}

:::`
}

function fence(info: string, code: string): string {
  return `\`\`\`${info}\n${code}\n\`\`\``
}

function padded(number: number): string {
  return String(number).padStart(4, '0')
}
