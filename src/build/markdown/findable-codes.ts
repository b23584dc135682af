import type { HastPluginDefinition } from 'satteri'

const code = /^[a-z]+(?:_[a-z]+)*$/
/** The most that Pagefind counts a word for. */
const weight = '10'

/**
 * A heading that is nothing but a code, such as `invalid_api_key` in the list of errors, weighs most in the search of
 * the site: whoever looks for the code means that section, not the pages that mention it.
 */
export const findableCodes = {
  name: 'findable-codes',
  element: {
    filter: ['h2', 'h3', 'h4'],
    visit(node, context) {
      if (code.test(context.textContent(node).trim())) {
        context.setProperty(node, 'data-pagefind-weight', weight)
      }
    },
  },
} satisfies HastPluginDefinition
