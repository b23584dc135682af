/** Scrolls the sidebar to the page that is open, where the list is longer than the window. */
export function showCurrentPage(document: Document): void {
  const pane = document.querySelector('#starlight__sidebar')
  const link = pane?.querySelector('a[aria-current="page"]')
  if (!pane || !link) return
  const place = link.getBoundingClientRect()
  const frame = pane.getBoundingClientRect()
  // In the closed menu of a phone nothing has a height.
  if (place.height === 0 || (place.top >= frame.top && place.bottom <= frame.bottom)) return
  pane.scrollTop += place.top - frame.top - frame.height / 2
}
