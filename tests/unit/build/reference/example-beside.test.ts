import { expect, test } from 'vitest'
import { withExampleBeside } from '#build/reference/example-beside.ts'

function section(id: string, text: string): string {
  return `<div class="sl-heading-wrapper level-h2"><h2 id="${id}">${id}</h2></div>\n<p>${text}</p>\n`
}

test('the example is one element, with its heading; all else is as it was', () => {
  const [before, example, answers] = [
    section('what-it-takes', 'Values.'),
    section('example', 'Code.'),
    section('what-it-answers', 'An answer.'),
  ]
  expect(withExampleBeside(`<p>Lists.</p>\n${before}${example}${answers}`)).toBe(
    `<p>Lists.</p>\n${before}<div class="beside">${example}</div>\n${answers}`,
  )
})

test('a page without an example, or with one below its answers, is no page of an operation', () => {
  const answers = section('what-it-answers', 'An answer.')
  expect(() => withExampleBeside(answers)).toThrow(TypeError)
  expect(() => withExampleBeside(answers + section('example', 'Code.'))).toThrow(TypeError)
})
