import { describe, expect, test } from 'vitest'
import {
  codeFragment,
  linkedSampleId,
  maxLinkCharacters,
  readCodeFragment,
} from '#elements/code-link.ts'

const id = 'ask-python'
const text = 'print("ünïcødé 🏋️")\n\nfor each in range(3):\n    print(each)'

/** A fragment around bytes that nobody packed. */
function fragmentOf(bytes: Uint8Array): string {
  return `#code/${id}/${Buffer.from(bytes).toString('base64url')}`
}

async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(packed).arrayBuffer())
}

describe('a fragment', () => {
  test('brings a text back as it was', async () => {
    const fragment = await codeFragment(id, text)
    expect(fragment).toMatch(/^#code\/ask-python\/[\w-]+$/)
    expect(linkedSampleId(fragment)).toBe(id)
    expect(await readCodeFragment(fragment)).toBe(text)
  })

  test('is much shorter than a text that repeats itself', async () => {
    expect((await codeFragment(id, 'print("again")\n'.repeat(500))).length).toBeLessThan(200)
  })

  test.each(['', '#', '#ask-python', '#code/', '#code/ask-python', '#code/ask python/x'])(
    '%j names no sample',
    async (fragment) => {
      expect(linkedSampleId(fragment)).toBeNull()
      expect(await readCodeFragment(fragment)).toBeNull()
    },
  )

  test('that was damaged on its way brings nothing', async () => {
    const fragment = await codeFragment(id, text)
    expect(await readCodeFragment(fragment.slice(0, -6))).toBeNull()
    expect(await readCodeFragment(`#code/${id}/AAAA`)).toBeNull()
  })

  test('that is not UTF-8 brings nothing', async () => {
    expect(await readCodeFragment(fragmentOf(await deflated(Uint8Array.of(0xff, 0xfe))))).toBeNull()
  })
})

describe('S11: the size of linked code is capped', () => {
  test('a text that packs badly is refused with a sentence', async () => {
    const noise = Array.from({ length: 9000 }, () => Math.random().toString(36)).join('\n')
    await expect(codeFragment(id, noise)).rejects.toThrow(
      'This code is too long for a link: packed, it may have 8 KB.',
    )
  })

  test('a text that packs well is refused all the same above 64 KB', async () => {
    await expect(codeFragment(id, 'x'.repeat(65 * 1024))).rejects.toThrow(RangeError)
  })

  test('a fragment that is too long is not even unpacked', async () => {
    const packed = 'A'.repeat(maxLinkCharacters + 1)
    expect(await readCodeFragment(`#code/${id}/${packed}`)).toBeNull()
  })

  test('a text above 64 KB, which no page would link, brings nothing', async () => {
    const [allowed, above] = [64 * 1024, 64 * 1024 + 1].map((length) => 'x'.repeat(length))
    const packed = async (text = '') => fragmentOf(await deflated(new TextEncoder().encode(text)))
    expect(await readCodeFragment(await packed(allowed))).toBe(allowed)
    expect(await readCodeFragment(await packed(above))).toBeNull()
  })

  test('a few bytes that stand for a flood bring nothing', async () => {
    const bomb = fragmentOf(await deflated(new Uint8Array(4 * 1024 * 1024)))
    expect(bomb.length).toBeLessThan(maxLinkCharacters)
    expect(await readCodeFragment(bomb)).toBeNull()
  })
})
