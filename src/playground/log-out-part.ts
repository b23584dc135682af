import { html, nothing, type TemplateResult } from 'lit'
import { type LaneProof, proofSentence } from './log-out-proof.ts'

/** What every lane answered after a log out: the proof that it worked, or that it did not. */
export function logOutPart(proofs: readonly LaneProof[]): TemplateResult | typeof nothing {
  if (proofs.length === 0) return nothing
  const isProved = proofs.every(({ isRefused }) => isRefused)
  return html`
    <section class="lo" aria-labelledby="lo-title">
      <h3 id="lo-title">Is the session over?</h3>
      <p class="bb-notice lo-sum" data-kind=${isProved ? 'good' : 'bad'}>
        ${proofSentence(proofs)}
      </p>
      <ul class="lo-lanes">
        ${proofs.map(proofItem)}
      </ul>
      <p class="bb-hint">
        Asked with <code>GET /auth/v1/users/me</code>. A key has no session: it goes on opening the
        public API.
      </p>
    </section>
  `
}

function proofItem({ label, isRefused, answer, code, exchange }: LaneProof): TemplateResult {
  return html`
    <li data-state=${isRefused ? 'refused' : 'open'}>
      <details>
        <summary>
          <span class="lo-lane">${label}</span>
          <code class="lo-answer">${answer}</code>
        </summary>
        ${code === '' ? nothing : html`<p><a href="/docs/errors#${code}">Why: ${code}</a></p>`}
        <exchange-view .exchange=${exchange}></exchange-view>
      </details>
    </li>
  `
}
