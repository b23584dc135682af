import { html, type TemplateResult } from 'lit'
import { framed } from '../trusted-types.ts'

/**
 * A frame whose origin is none: its form is posted as that of another site is. It may send forms and open tabs and
 * nothing else, no script included, so only its reader can press its button.
 * @param url where the form goes
 * @param onSeen when its reader goes on
 */
export function foreignFramePart(url: string, onSeen: () => void): TemplateResult {
  return html`
    <div class="sc-frame">
      <p>
        Press the button in this frame. The answer opens in a new tab: look at it and come back.
        Firefox shows an error page of its own there.
      </p>
      <iframe
        title="A page of another origin"
        sandbox="allow-forms allow-popups allow-popups-to-escape-sandbox"
        srcdoc=${framed(foreignPage(url))}
      ></iframe>
      <button type="button" class="bb-button" data-kind="quiet" @click=${onSeen}>
        I have seen the answer
      </button>
    </div>
  `
}

/** It gets the policy of the page around it: no style sheet, no script. */
function foreignPage(url: string): string {
  return `<!doctype html><html lang="en"><head><title>Another origin</title></head>
    <body style="margin:0;padding:1rem;background:#fff;color:#111;font:1rem sans-serif">
      <form method="post" target="_blank" action="${url}">
        <button style="min-height:2.75rem;padding:0 1rem;font:inherit">Sign the reader out</button>
      </form>
    </body></html>`
}
