import {
  originVariable,
  type ToolBody,
  type ToolCall,
  toolVariables,
  variable,
} from './tool-calls.ts'

/**
 * Requests as a Postman collection.
 * @param origin the value of the variable that they all go to
 * @see https://schema.postman.com/json/collection/v2.1.0/docs/index.html
 */
export function postmanCollection(calls: readonly ToolCall[], origin: string): object {
  return {
    info: {
      name: 'Barbell playground',
      description:
        'Fill in the variables of this collection before you send. None of them is in this file.',
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    variable: [
      { key: originVariable, value: origin },
      ...toolVariables.map(({ name, description }) => ({ key: name, value: '', description })),
    ],
    item: calls.map(itemOf),
  }
}

function itemOf({ name, method, target, headers, body, sendsCookie }: ToolCall): object {
  return {
    name,
    request: {
      method,
      url: urlOf(target),
      header: headers.map(([key, value]) => ({ key, value })),
      ...(body && { body: bodyOf(body) }),
      auth: { type: 'noauth' },
    },
    // Postman adds the cookies of its jar where a browser would leave them out.
    ...(!sendsCookie && { protocolProfileBehavior: { disableCookies: true } }),
  }
}

function urlOf(target: string): object {
  const open = target.replace(/\{(\w+)\}/g, ':$1')
  const [path = '', query] = open.split('?')
  const segments = path.slice(1).split('/')
  const missing = segments.filter((segment) => segment.startsWith(':'))
  return {
    raw: variable(originVariable) + open,
    host: [variable(originVariable)],
    path: segments,
    ...(query !== undefined && { query: query.split('&').map(parameterOf) }),
    ...(missing.length > 0 && {
      variable: missing.map((segment) => ({ key: segment.slice(1), value: '' })),
    }),
  }
}

function parameterOf(pair: string): object {
  const [key = '', ...value] = pair.split('=')
  return { key, value: value.join('=') }
}

function bodyOf(body: ToolBody): object {
  return body.kind === 'json'
    ? { mode: 'raw', raw: body.text, options: { raw: { language: 'json' } } }
    : { mode: 'urlencoded', urlencoded: body.members.map(([key, value]) => ({ key, value })) }
}
