import type { StarlightRouteData } from '@astrojs/starlight/route-data'

type Sidebar = StarlightRouteData['sidebar']
type Entry = Sidebar[number]
type Group = Extract<Entry, { type: 'group' }>

/** With more links than this, a site has a sidebar that leaves out what is far from the page. */
export const maxWholeLinks = 300

/** Of one list. A longer one is taken apart, into as few parts of the second number as it takes, or as many as fit. */
const maxEntries = 50
const entriesOfPart = 25

/**
 * The sidebar of a page. On a large site a group without the page is closed and holds no more than the link to its first
 * page, which says in `data-more` how many groups around it are cut short; a list of very many entries is taken apart
 * into groups. So a sidebar has the same size on every large site. A smaller site has all of it.
 * @param sidebar with the page marked as current
 */
export function boundedSidebar(sidebar: Sidebar): Sidebar {
  return countLinks(sidebar) > maxWholeLinks ? shown(sidebar) : sidebar
}

function countLinks(entries: Sidebar): number {
  return entries.reduce((sum, entry) => {
    return sum + (entry.type === 'group' ? countLinks(entry.entries) : 1)
  }, 0)
}

/** A list that the reader sees when the page opens. */
function shown(entries: Sidebar): Sidebar {
  return inParts(entries).map((entry) => {
    if (entry.type === 'link') return entry
    return hasCurrent(entry) ? { ...entry, entries: shown(entry.entries) } : cutShort(entry)
  })
}

function hasCurrent(group: Group): boolean {
  return group.entries.some((entry) => {
    return entry.type === 'group' ? hasCurrent(entry) : entry.isCurrent
  })
}

/** Depends on the list alone, so that pages of one part have the same sidebar. */
function inParts(entries: Sidebar): Sidebar {
  if (entries.length <= maxEntries) return entries
  const wanted = Math.min(maxEntries, Math.ceil(entries.length / entriesOfPart))
  const size = Math.ceil(entries.length / wanted)
  const starts = Array.from({ length: Math.ceil(entries.length / size) }, (_, part) => part * size)
  return starts.map((start) => partOf(entries.slice(start, start + size)))
}

function partOf(entries: Sidebar): Group {
  const [from = '', to = ''] = [entries[0]?.label, entries.at(-1)?.label]
  const label = from === to ? from : `${from} … ${to}`
  return { type: 'group', label, entries, collapsed: false, badge: undefined }
}

/** Leaves a closed group its first link, in whatever groups that lies. @param depth of its list, counted from outside */
function cutShort(group: Group, depth = 1): Group {
  const [first] = inParts(group.entries)
  // What leads out of the site has no page here that would show the rest of the list.
  if (!first || leadsElsewhere(first)) return { ...group, collapsed: true }
  if (first.type === 'group') {
    return { ...group, collapsed: true, entries: [cutShort(first, depth + 1)] }
  }
  const attrs = { ...first.attrs, 'data-more': String(depth) }
  return { ...group, collapsed: true, entries: [{ ...first, attrs }] }
}

function leadsElsewhere(entry: Entry): boolean {
  if (entry.type === 'link') return !entry.href.startsWith('/')
  const [first] = entry.entries
  return !first || leadsElsewhere(first)
}
