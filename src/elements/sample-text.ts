/**
 * Reads the source of a sample back out of its highlighted `<pre>`, character for character as its writer wrote it.
 *
 * Expressive Code makes one `.ec-line` of each line, and `.code` of what the writer wrote in it; it fills an empty
 * line with a line feed, so that it is copied. What it would change (white space at the end of a line, tabs, empty
 * first and last lines), the build refuses (`src/build/markdown/sample-code.ts`).
 * @param codeSample a `<code-sample>`, any element around one `<pre>`, or the `<pre>` itself
 * @returns lines joined by `\n`, without a last one; empty where there is no `<pre>`
 */
export function readSampleText(codeSample: Element): string {
  const pre = codeSample.matches('pre') ? codeSample : codeSample.querySelector('pre')
  if (!pre) return ''
  const lines = [...pre.querySelectorAll('.ec-line > .code')]
  if (lines.length === 0) return pre.textContent.replace(/\n$/, '')
  return lines.map((line) => line.textContent.replace(/\n$/, '')).join('\n')
}
