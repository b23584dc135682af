/** An account of the server under measurement. */
export interface BenchAccount {
  username: string
  password: string
  /** `{USERNAME}:{KEY}` */
  apiKey: string
}

/** Opens a sandbox account. @param url the server's origin */
export async function openSandboxAccount(url: string): Promise<BenchAccount> {
  const answer = await fetch(`${url}/auth/v1/sandbox`, { method: 'POST' })
  if (answer.status !== 201) throw new Error(`no sandbox account: ${answer.status}`)
  const opened = (await answer.json()) as { username: string; password: string; api_key: string }
  return { username: opened.username, password: opened.password, apiKey: opened.api_key }
}

/** Signs in. @returns the token as a `Cookie` header bears it */
export async function takeToken(url: string, account: BenchAccount): Promise<string> {
  const { username, password } = account
  const body = new URLSearchParams({ username, password })
  const answer = await fetch(`${url}/auth/v1/token`, { method: 'POST', body })
  await answer.arrayBuffer()
  if (answer.status !== 200) throw new Error(`a sign-in was answered ${answer.status}`)
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}
