/** The elements that the text of a page may hold: HTML's content elements, and those of a drawing. */
export const htmlNames: readonly string[] = [
  ...['a', 'abbr', 'address', 'article', 'aside', 'audio', 'b', 'bdi', 'bdo', 'blockquote', 'br'],
  ...['button', 'caption', 'cite', 'code', 'col', 'colgroup', 'data', 'datalist', 'dd', 'del'],
  ...['details', 'dfn', 'dialog', 'div', 'dl', 'dt', 'em', 'fieldset', 'figcaption', 'figure'],
  ...['footer', 'form', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'hgroup', 'hr', 'i', 'img'],
  ...['input', 'ins', 'kbd', 'label', 'legend', 'li', 'main', 'mark', 'menu', 'meter', 'nav', 'ol'],
  ...['optgroup', 'option', 'output', 'p', 'picture', 'pre', 'progress', 'q', 'rp', 'rt', 'ruby'],
  ...['s', 'samp', 'script', 'search', 'section', 'select', 'slot', 'small', 'source', 'span'],
  ...['strong', 'style', 'sub', 'summary', 'sup', 'table', 'tbody', 'td', 'template', 'textarea'],
  ...['tfoot', 'th', 'thead', 'time', 'tr', 'track', 'u', 'ul', 'var', 'video', 'wbr'],
  ...['svg', 'circle', 'defs', 'desc', 'ellipse', 'g', 'line', 'marker', 'path', 'polygon'],
  ...['polyline', 'rect', 'symbol', 'text', 'title', 'tspan', 'use'],
]
