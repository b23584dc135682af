import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FenceInfoError, isRunnable, parseFenceInfo } from '#build/markdown/fence-info.ts'

function mistakeOf(info: string): FenceInfoError {
  try {
    parseFenceInfo(info)
  } catch (error) {
    if (error instanceof FenceInfoError) return error
  }
  throw new TypeError(`"${info}" was read without a mistake`)
}

describe('an info string', () => {
  test('is language, id and label', () => {
    expect(parseFenceInfo('python python-api-key-header Python')).toEqual({
      language: 'python',
      id: 'python-api-key-header',
      label: 'Python',
      attributes: {},
    })
  })

  test('may have a label of several words and attributes behind it', () => {
    expect(
      parseFenceInfo('js  a  Browser  JavaScript run="off" expect="200 401" title="a = b"'),
    ).toEqual({
      language: 'javascript',
      id: 'a',
      label: 'Browser JavaScript',
      attributes: { run: 'off', expect: '200 401', title: 'a = b' },
    })
  })

  test.each([
    ['py', 'python'],
    ['Python', 'python'],
    ['js', 'javascript'],
    ['curl', 'curl'],
  ])('says %s and means %s', (written, language) => {
    expect(parseFenceInfo(`${written} a A`).language).toBe(language)
  })

  test('is read whatever spaces stand between its words', () => {
    const space = fc.stringMatching(/^[ ]{1,4}$/)
    fc.assert(
      fc.property(space, space, space, (a, b, c) => {
        expect(parseFenceInfo(`py${a}who${b}Python${c}run="off"`)).toEqual(
          parseFenceInfo('py who Python run="off"'),
        )
      }),
    )
  })

  test('is read, or refused at a place inside it, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (info) => {
        try {
          expect(parseFenceInfo(info).id).toMatch(/^[A-Za-z]/)
        } catch (error) {
          expect(error).toBeInstanceOf(FenceInfoError)
          expect((error as FenceInfoError).offset).toBeLessThanOrEqual(info.length)
        }
      }),
    )
  })
})

describe('a mistake in an info string is named with its place', () => {
  test.each([
    ['', 0, 'This fence has no language.'],
    ['python', 6, 'This fence has no id.'],
    ['python run="off"', 7, 'This fence has no id.'],
    ['python 1st One', 7, '"1st" cannot be the id of a sample.'],
    ['python a', 8, 'This fence has no label.'],
    ['python a run="off"', 9, 'This fence has no label.'],
    ['python a A run="off" B', 21, '"B" stands behind the attributes of the fence.'],
    ['python a A rnu="off"', 11, '"rnu" is no attribute of a fence.'],
    ['python a A run=off', 11, 'run=off cannot be read.'],
    ['python a A run="no"', 11, 'run="no" cannot be read.'],
    ['python a A expect="OK"', 11, 'expect="OK" cannot be read.'],
    ['python a A title=""', 11, 'title="" cannot be read.'],
    ['python a A run="off" run="off"', 21, 'run is there twice.'],
    ['python a A toString="off"', 11, '"toString" is no attribute of a fence.'],
  ])('%s', (info, offset, problem) => {
    expect(mistakeOf(info)).toMatchObject({ message: problem, offset })
  })

  test('a mistyped attribute is told its nearest', () => {
    expect(mistakeOf('python a A rnu="off"').mend).toBe('Did you mean run?')
    expect(mistakeOf('python a A colour="red"').mend).toBe(
      'Known are run, parity, expect, title, file.',
    )
    expect(mistakeOf('python a A expect="OK"').mend).toBe('Write it like expect="200 401".')
  })
})

test.each([
  ['python a A', true],
  ['js a A', true],
  ['python a A run="off"', false],
  ['python a A parity="off"', true],
  ['bash a A', false],
])('a fence "%s" runs: %s', (info, runs) => {
  expect(isRunnable(parseFenceInfo(info))).toBe(runs)
})
