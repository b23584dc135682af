import { parsedApart } from '../trusted-types.ts'
import { pause } from './pause.ts'

const settingsPath = '/dashboard/settings'
const looks = { atMost: 20, everyMs: 250 }

/**
 * Presses the first "Revoke" in the settings of this account, and waits until that key is no longer there. If somebody
 * else is signed in by now, in another tab perhaps, nothing is pressed. The settings take forms that come by navigation only, so this sends one; `stay` asks for an answer
 * that leads nowhere, and the page stays. If nothing can be pressed, nothing is: what comes next will show it.
 */
export async function revokeInSettings(username: string, signal: AbortSignal): Promise<void> {
  const press = await readPress(username, signal)
  if (press === null) return
  submit({ ...press, action: 'revoke', stay: 'yes' })
  // A navigation that leads nowhere tells nobody that it is over.
  for (let look = 0; look < looks.atMost && !signal.aborted; look += 1) {
    await pause(looks.everyMs, signal)
    if ((await readPress(username, signal))?.key_id !== press.key_id) return
  }
}

/** The hidden fields of the first key; null where there is no key, or no page of this account. */
async function readPress(
  username: string,
  signal: AbortSignal,
): Promise<{ form_token: string; key_id: string } | null> {
  const text = await fetch(settingsPath, { signal, cache: 'no-store' })
    .then((response) => response.text())
    .catch(() => '')
  const page = new DOMParser().parseFromString(parsedApart(text), 'text/html')
  if (page.querySelector('[data-signed-in-as]')?.textContent !== username) return null
  const valueOf = (name: string) =>
    page.querySelector<HTMLInputElement>(`input[name=${name}]`)?.value
  const [formToken, keyId] = [valueOf('form_token'), valueOf('key_id')]
  return formToken && keyId ? { form_token: formToken, key_id: keyId } : null
}

function submit(fields: Record<string, string>): void {
  const form = document.createElement('form')
  form.method = 'post'
  form.action = settingsPath
  form.hidden = true
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement('input')
    field.type = 'hidden'
    field.name = name
    field.value = value
    form.append(field)
  }
  document.body.append(form)
  form.submit()
  form.remove()
}
