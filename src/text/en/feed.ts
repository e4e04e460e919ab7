import type { FeedKey } from '../feed-keys.ts'

export const feed = {
  'feed.title': 'Kuager: incidents',
} satisfies Record<FeedKey, string>
