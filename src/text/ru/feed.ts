import type { FeedKey } from '../feed-keys.ts'

export const feed = {
  'feed.title': 'Kuager: случаи ограничений',
} satisfies Record<FeedKey, string>
