import type { StarlightRouteData } from '@astrojs/starlight/route-data'

type Sidebar = StarlightRouteData['sidebar']
type Entry = Sidebar[number]
type Link = Extract<Entry, { type: 'link' }>

const mark = ' aria-current="page"'

/** What was written of the last sidebar: the text between the marks of its links. */
let last: { readonly identity: string; readonly parts: readonly string[] } | undefined

/**
 * Writes a sidebar. Those of a site's pages differ in the link that is marked as current, and in nothing else: it is
 * rendered once with all links marked, and each page has its own mark left. A thousand links take as long to render
 * as all else of a page.
 * @param render gives the HTML of a sidebar
 */
export async function sidebarHtml(
  sidebar: Sidebar,
  render: (sidebar: Sidebar) => Promise<string>,
): Promise<string> {
  // A folded group opens for its current page: that is more than a mark.
  if (sidebar.some(opensForCurrent)) return render(sidebar)
  const identity = identityOf(sidebar)
  if (last?.identity !== identity) {
    last = { identity, parts: (await render(sidebar.map(allCurrent))).split(mark) }
  }
  const { parts } = last
  const links = linksOf(sidebar)
  if (parts.length !== links.length + 1) return render(sidebar)
  return parts.map((part, index) => (links[index]?.isCurrent ? part + mark : part)).join('')
}

function opensForCurrent(entry: Entry): boolean {
  if (entry.type === 'link') return false
  return entry.collapsed ? entry.entries.some(hasCurrent) : entry.entries.some(opensForCurrent)
}

function hasCurrent(entry: Entry): boolean {
  return entry.type === 'group' ? entry.entries.some(hasCurrent) : entry.isCurrent
}

/** Marks what is not in a folded group. */
function allCurrent(entry: Entry): Entry {
  if (entry.type === 'link') return { ...entry, isCurrent: true }
  return entry.collapsed ? entry : { ...entry, entries: entry.entries.map(allCurrent) }
}

/** The links that can be marked, in the order in which they are written. */
function linksOf(sidebar: Sidebar): Link[] {
  return sidebar.flatMap((entry) => {
    if (entry.type === 'link') return [entry]
    return entry.collapsed ? [] : linksOf(entry.entries)
  })
}

/** All that is written of a sidebar but the marks. A text cannot be taken for one: its quotes are escaped. */
function identityOf(sidebar: Sidebar): string {
  return JSON.stringify(sidebar).replaceAll('"isCurrent":true', '"isCurrent":false')
}
