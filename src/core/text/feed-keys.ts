/** Keys of feeds, and of the small page that others embed. */
export type FeedKey =
  | 'feed.title'
  | 'feed.title-of'
  | 'feed.about'
  | 'embed.title'
  | 'embed.as-of'
  | 'embed.stale'
  | 'embed.more'
  | 'embed.counts'
  | 'embed.since'
  | 'embed.networks'
  | 'embed.rest'
  | 'embed.unknown'
