import type { FeedKey } from '../feed-keys.ts'

export const feed = {
  'feed.title': 'Kuager: шектеу оқиғалары',
} satisfies Record<FeedKey, string>
