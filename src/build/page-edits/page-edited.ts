/** The event that says that the text of a page has changed, and nothing else. */
export const pageEdited = 'barbell:page-edited'
