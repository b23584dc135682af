import type { Custom } from 'satteri'
import type { RecordedExchange } from '#recorded-exchange.ts'
import type { RecordedOutput } from '../samples/recorded-output.ts'
import { type Content, element } from './html-element.ts'

/**
 * The recorded output of a sample, for readers who cannot or do not run it. `data-recorded` holds its exchanges as
 * JSON: a live run is compared with them.
 */
export function recordedElement({ text, exchanges }: RecordedOutput): Custom {
  const printed = element('pre', { className: ['recorded-text'] }, [
    element('samp', {}, [textNode(text.replace(/\n$/, ''))]),
  ])
  const properties = {
    className: ['recorded'],
    'data-recorded': JSON.stringify({ exchanges }),
    'data-pagefind-ignore': '',
  }
  return element('div', properties, [
    element('details', {}, [
      element('summary', {}, [textNode('Recorded output')]),
      ...(text.trim() === '' ? [] : [printed]),
      ...(exchanges.length === 0 ? [] : [exchangeList(exchanges)]),
    ]),
  ])
}

function exchangeList(exchanges: readonly RecordedExchange[]): Custom {
  const items = exchanges.map(({ method, path, status }) =>
    element('li', {}, [
      element('code', {}, [textNode(`${method} ${path}`)]),
      textNode(` ${status}`),
    ]),
  )
  return element('ol', { className: ['recorded-exchanges'] }, items)
}

const textNode = (value: string): Content => ({ type: 'text', value })
