import type { Answer } from '../support/call.ts'
import { openPage, sendForm } from './browser.ts'
import { fieldsFor, type Filled, formsOf } from './page-forms.ts'
import { url } from './target.ts'

/** Where the settings are. */
export const settingsPath = '/dashboard/settings'

/** Words on the buttons of the page. */
export const buttons = {
  getKey: /^Get My Key/,
  replaceKey: /^Replace Key/,
  revokeKey: /^Revoke/,
  endSession: /^End(?! all)/,
  endOthers: /^End all others/,
  changePassword: /^Change/,
  deleteAccount: /^Delete/,
}

/** The settings of somebody who is signed in, as a browser that presses their buttons. */
export interface SettingsPage {
  open(): Promise<Answer>
  /** What is sent if a button is pressed on the page as it is now. @throws where there is no such form */
  fieldsFor(button: RegExp, filled?: Filled): Promise<Record<string, string>>
  press(button: RegExp, filled?: Filled): Promise<Answer>
  /** @returns the whole `{USERNAME}:{KEY}` */
  getKey(filled?: Filled): Promise<string>
  /** Ids of the keys that the page lists. */
  keyIds(): Promise<string[]>
}

/** @param cookie `Cookie` field. @param base another server than the target */
export function settingsPage(cookie: string, base: string = url): SettingsPage {
  const open = (): Promise<Answer> => openPage(settingsPath, cookie, base)

  async function fieldsOfButton(
    button: RegExp,
    filled: Filled = {},
  ): Promise<Record<string, string>> {
    const fields = formsOf((await open()).text)
      .map((form) => fieldsFor(form, button, filled))
      .find((found) => found !== undefined)
    if (fields === undefined) {
      throw new Error(`no form of the settings has ${String(button)} and all that is filled in`)
    }
    return fields
  }

  async function press(button: RegExp, filled: Filled = {}): Promise<Answer> {
    return sendForm(settingsPath, await fieldsOfButton(button, filled), { cookie, base })
  }

  return {
    open,
    press,
    fieldsFor: fieldsOfButton,
    async getKey(filled) {
      const answer = await press(buttons.getKey, filled)
      const key = shownKey(answer)
      if (key === undefined) throw new Error(`no key was shown, status ${answer.status}`)
      return key
    },
    async keyIds() {
      const forms = formsOf((await open()).text)
      return [...new Set(forms.flatMap(({ fields }) => fields['key_id'] ?? []))]
    },
  }
}

/** The key that the page shows once, in a field to copy it from. */
export function shownKey({ text }: Answer): string | undefined {
  return /\svalue="([A-Za-z0-9_-]{3,32}:[0-9A-Za-z]{16})"/.exec(text)?.[1]
}
