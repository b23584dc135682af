import { z } from 'astro/zod'
import { pageFrontmatter } from '../../page-frontmatter.ts'

/** The schema of the frontmatter; a picture is the path of its file. */
export const frontMatter = pageFrontmatter({ image: imagePath })

/** Astro's `image()` looks into the file; that is the build's work, and a path is what a writer writes. */
function imagePath() {
  return z.string() as unknown as ReturnType<Parameters<typeof pageFrontmatter>[0]['image']>
}

/** The part of JSON Schema that editors and the check for unknown fields go by. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly additionalProperties?: boolean | JsonSchema
}

let jsonSchema: JsonSchema | undefined

/** The same as JSON Schema, in which a field that there is not is a mistake too. */
export function frontMatterJsonSchema(): JsonSchema {
  // Once: making it takes longer than reading a page.
  jsonSchema ??= makeJsonSchema()
  return jsonSchema
}

function makeJsonSchema(): JsonSchema {
  return z.toJSONSchema(frontMatter, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: made }) => {
      // Dates have no word in JSON Schema: in YAML they are written as 2026-03-01.
      if (zodSchema._zod.def.type === 'date')
        Object.assign(made, { type: 'string', format: 'date' })
      if (made.properties !== undefined) made.additionalProperties ??= false
    },
  }) as JsonSchema
}
