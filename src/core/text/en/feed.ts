import type { FeedKey } from '../feed-keys.ts'

export const feed = {
  'feed.title': 'Kuager: incidents',
  'feed.title-of': 'Kuager: incidents, {topic}',
  'feed.about': 'The latest revision of each incident. Measurements show what was seen; they do not show who did it.',
  'embed.title': '{topic}: how it is now',
  'embed.as-of': 'Time: {at} (Astana)',
  'embed.stale': 'Nothing was measured in the last three hours.',
  'embed.more': 'More at Kuager',
  'embed.counts': 'Devices that measured: {count}.',
  'embed.since': 'Start: {time}.',
  'embed.networks': 'Networks measured: {total}. It opens on: {open}.',
  'embed.rest': 'Other networks: {count}',
  'embed.unknown': 'There are no data about this.',
} satisfies Record<FeedKey, string>
