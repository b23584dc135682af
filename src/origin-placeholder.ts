/** How pages write the site's own origin; whoever serves a page puts the configured origin in its place. */
export const originPlaceholder = 'https://barbell.example'

/** Puts the real origin wherever a page names the placeholder. @param origin scheme, host and port, no slash */
export function withRealOrigin(text: string, origin: string): string {
  return text.replaceAll(originPlaceholder, origin)
}
