let shown: string | undefined

/** Paper is light: while a page is printed it has the light theme, whatever the reader has chosen for the screen. */
export function printInLight(): void {
  const { dataset } = document.documentElement
  addEventListener('beforeprint', () => {
    shown = dataset['theme']
    dataset['theme'] = 'light'
  })
  addEventListener('afterprint', () => {
    if (shown !== undefined) dataset['theme'] = shown
  })
}
