/** Ends its thread when it is told to. */
export function hashText({ text }: { text: string }): string {
  if (text === 'die') process.exit(1)
  return text
}
