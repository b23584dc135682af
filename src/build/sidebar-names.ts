import { defineRouteMiddleware } from '@astrojs/starlight/route-data'

/** What folders of `content/docs` are called in the sidebar, where their name on the disk is not it. */
const folderNames: Readonly<Record<string, string>> = {
  guides: 'Guides',
  operate: 'Run your own',
}

/** Names the groups that Starlight makes of folders. It has no setting for it. */
export const onRequest = defineRouteMiddleware(({ locals }) => {
  const groups = [...locals.starlightRoute.sidebar]
  for (const group of groups) {
    if (group.type !== 'group') continue
    group.label = folderNames[group.label] ?? group.label
    groups.push(...group.entries)
  }
})
