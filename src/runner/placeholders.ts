/** What a sample says where its reader's own account belongs. Each is one word, so that it is found as one. */
export const placeholders = {
  username: 'myUsername',
  password: 'myPassword',
  /** The 16 characters of a key. */
  keySecret: 'myLongKeyGoesHere',
} as const

/** The whole key, `{USERNAME}:{KEY}`. */
export const keyPlaceholder = `${placeholders.username}:${placeholders.keySecret}`
